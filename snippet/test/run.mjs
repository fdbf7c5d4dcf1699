// Builds the tests and runs them: those in Node or, with --browser first, those in Chromium. Further arguments go to `node --test`, such as
// --test-name-pattern=Touch.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inBrowser = process.argv[2] === "--browser";
const here = join(root, inBrowser ? "test/browser" : "test");
const built = join(root, inBrowser ? "node_modules/.browser-tests" : "node_modules/.tests");
const files = readdirSync(here).filter((file) => file.endsWith(".test.ts"));

rmSync(built, { recursive: true, force: true });
await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => join(here, file)),
    outdir: built,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    outExtension: { ".js": ".mjs" },
    define: { SNIPPET_ROOT: JSON.stringify(root) },
    logLevel: "warning",
});
const reporter = process.stdout.isTTY ? "spec" : "tap";
const tests = files.map((file) => join(built, file.replace(/\.ts$/, ".mjs")));
const { status } = spawnSync(
    process.execPath,
    ["--enable-source-maps", "--test", `--test-reporter=${reporter}`, ...process.argv.slice(inBrowser ? 3 : 2), ...tests],
    { stdio: "inherit" },
);
process.exit(status ?? 1);
