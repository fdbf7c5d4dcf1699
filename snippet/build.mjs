// Builds what is committed: dist/ (the tag's script, its map, its types) and npm/ (the same as a package).
//   node build.mjs              writes both
//   node build.mjs --check      builds elsewhere and fails where the committed files differ
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const LIMIT = 4096;
const BUILT = ["dist/snippet.js", "dist/snippet.js.map", "dist/snippet.d.ts", "npm/index.js", "npm/index.d.ts", "npm/types.d.ts"];

export async function buildInto(folder) {
    mkdirSync(join(folder, "dist"), { recursive: true });
    mkdirSync(join(folder, "npm"), { recursive: true });
    const common = { absWorkingDir: root, bundle: true, write: false, target: "es2020", charset: "ascii", logLevel: "warning" };
    const bundle = (entry, outfile, options) =>
        build({ ...common, entryPoints: [entry], outfile, ...options });
    const script = await bundle("src/snippet.ts", "dist/snippet.js", { format: "iife", minify: true, sourcemap: "external" });
    const module = await bundle("src/index.ts", "npm/index.js", { format: "esm" });
    for (const { path, contents } of [...script.outputFiles, ...module.outputFiles]) writeFileSync(join(folder, path.slice(root.length)), contents);
    trimMap(folder);
    writeDeclarations(folder);
    return judge(readFileSync(join(folder, "dist/snippet.js"), "utf8"));
}

function writeDeclarations(folder) {
    const declarations = join(folder, "declarations");
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.declarations.json"), "--outDir", declarations], { stdio: "inherit" });
    cpSync(join(declarations, "index.d.ts"), join(folder, "npm/index.d.ts"));
    cpSync(join(declarations, "types.d.ts"), join(folder, "npm/types.d.ts"));
    const types = readFileSync(join(declarations, "types.d.ts"), "utf8");
    writeFileSync(join(folder, "dist/snippet.d.ts"), `${types}declare global {\n    const PlatformSession: PlatformSession;\n}\n`);
    rmSync(declarations, { recursive: true });
}

const placeholder = () => /export const SETTINGS_PLACEHOLDER = ("\w+")/.exec(readFileSync(join(root, "src/settings.ts"), "utf8"))[1];

/**
 * Takes out the mappings behind the settings: the server puts in text of another length, which moves these columns. What follows is the end of the statement, and belongs to the mapping
 * of the settings themselves. So one map fits every snippet.
 */
function trimMap(folder) {
    const [script, map] = ["dist/snippet.js", "dist/snippet.js.map"].map((file) => readFileSync(join(folder, file), "utf8"));
    const before = script.slice(0, script.indexOf(placeholder())).split("\n");
    const { mappings } = JSON.parse(map);
    const lines = mappings.split(";").slice(0, before.length);
    let column = 0;
    const kept = lines.pop().split(",").filter((segment) => (column += firstNumber(segment)) <= before.at(-1).length);
    writeFileSync(join(folder, "dist/snippet.js.map"), map.replace(mappings, [...lines, kept.join(",")].join(";")));
}

/** Of a segment (ECMA-426: Base64 VLQ): the column, counted from the segment before. */
function firstNumber(segment) {
    let [value, shift] = [0, 0];
    for (const digit of segment) {
        const bits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".indexOf(digit);
        value |= (bits & 31) << shift;
        shift += 5;
        if (!(bits & 32)) break;
    }
    return value & 1 ? -(value >> 1) : value >> 1;
}

/** What the server and strict pages rely on. */
function judge(script) {
    const compressed = brotliCompressSync(script, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
    const faults = [];
    if (script.split(placeholder()).length !== 2) faults.push(`the settings' placeholder ${placeholder()} must stand exactly once`);
    if (/[^\n\x20-\x7e]/.test(script)) faults.push("the script must be ASCII");
    // No code from strings, no DOM, nothing kept beyond the tab.
    if (/\beval\b|\bFunction\(|innerHTML|createElement|document\.write|localStorage/.test(script)) faults.push("it uses what it must not");
    if (compressed >= LIMIT) faults.push(`${compressed} bytes in Brotli are not below ${LIMIT}`);
    if (faults.length) throw new Error(faults.join("; "));
    return { bytes: script.length, compressed };
}

async function check() {
    const folder = mkdtempSync(join(tmpdir(), "snippet-"));
    try {
        await buildInto(folder);
        return BUILT.filter((file) => !readFileSync(join(folder, file)).equals(readFileSync(join(root, file))));
    } finally {
        rmSync(folder, { recursive: true });
    }
}

if (process.argv.includes("--check")) {
    const stale = await check();
    if (stale.length) {
        console.error(`Not what the sources build to: ${stale.join(", ")}. Run "npm --prefix snippet run build" and commit.`);
        process.exit(1);
    }
    console.log("The committed files are what the sources build to.");
} else {
    const { bytes, compressed } = await buildInto(root);
    console.log(`dist/snippet.js: ${bytes} bytes, ${compressed} in Brotli (limit ${LIMIT})`);
}
