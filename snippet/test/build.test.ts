import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import vm from "node:vm";
import { brotliCompressSync, constants } from "node:zlib";
import { SETTINGS_PLACEHOLDER } from "../src/settings.js";

declare const SNIPPET_ROOT: string;
const script = readFileSync(join(SNIPPET_ROOT, "dist/snippet.js"), "utf8");

function inFolder(work: (folder: string) => void): void {
    const folder = mkdtempSync(join(tmpdir(), "snippet-test-"));
    try {
        work(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

test("Build_CommittedFiles_AreWhatTheSourcesBuildTo", () => {
    execFileSync(process.execPath, [join(SNIPPET_ROOT, "build.mjs"), "--check"], { stdio: "pipe" });
});

test("Sources_AndTests_AreWellTyped", () => {
    execFileSync(process.execPath, [join(SNIPPET_ROOT, "node_modules/typescript/bin/tsc"), "-p", SNIPPET_ROOT], { stdio: "pipe" });
});

test("Script_InBrotli_IsBelowFourKilobytes", () => {
    const { length } = brotliCompressSync(script, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    assert.ok(length < 4096, String(length));
});

test("Lock_HasNoAddressOfARegistry", () => {
    assert.ok(!readFileSync(join(SNIPPET_ROOT, "package-lock.json"), "utf8").includes('"resolved"'));
});

/** Runs the tag's script as a page would, as far as it goes without a browser. */
function run(source: string, currentScript: object | null = { src: "https://api.test/s/snp_1.js?x=1" }): { page: any; fetched: string[] } {
    class Document {
        visibilityState = "visible";
        addEventListener() {}
        get currentScript() {
            return currentScript;
        }
    }
    const fetched: string[] = [];
    const page: any = {
        Document,
        AbortController,
        URL,
        setTimeout: () => 0,
        clearTimeout: () => undefined,
        addEventListener: () => undefined,
        performance: { now: () => 0 },
        navigator: {},
        console,
        location: { origin: "https://a.test" },
        // As an <img name="currentScript"> does.
        document: Object.defineProperty(new Document(), "currentScript", { value: { src: "https://evil.test/x.png" } }),
        fetch: (url: string) => (fetched.push(url), new Promise(() => undefined)),
    };
    page.window = page;
    vm.runInNewContext(source, page);
    return { page, fetched };
}

const settings = (values: object) => {
    const json = JSON.stringify(values).replace(/[<>&\u2028\u2029]/g, (each) => "\\u" + each.charCodeAt(0).toString(16).padStart(4, "0"));
    return script.replace(`"${SETTINGS_PLACEHOLDER}"`, () => json);
};

test("Script_SettingsPutIn_RunsAndAsksTheOriginItCameFrom", () => {
    const { page, fetched } = run(settings({ snippet: "snp_7", version: 3, warnBefore: 120, touchEvery: 60 }));
    assert.equal(page.PlatformSession.version, 3);
    assert.deepEqual(fetched, ["https://api.test/v1/snippets/snp_7/session"]);
});

test("Script_HostileTextInTheSettings_StaysText", () => {
    const hostile = "</script><script>alert(1)</script>\u2028\u2029\"'`${x}$&$1\\";
    const { page } = run(settings({ snippet: hostile, version: hostile }));
    assert.equal(page.PlatformSession.version, hostile);
});

const map = JSON.parse(readFileSync(join(SNIPPET_ROOT, "dist/snippet.js.map"), "utf8"));

/** The source line to which a place in a script on one line is mapped. */
function lineOf(column: number): string {
    const { originalSource, originalLine } = new SourceMap(map).findEntry(0, column) as { originalSource: string; originalLine: number };
    return map.sourcesContent[map.sources.indexOf(originalSource)].split("\n")[originalLine];
}

test("SourceMap_ScriptsWithSettingsOfAnyLength_LeadToTheirSourceLines", () => {
    for (const version of ["9", "9".repeat(400)]) {
        const served = settings({ snippet: "snp_7", version, warnBefore: 120, touchEvery: 60 });
        assert.equal(served.trimEnd().split("\n").length, 1);
        // Text that stands once, in both.
        for (const text of ["/session/touch", "BroadcastChannel", "currentScript", "load this with a plain script tag", "not as a module"]) {
            const column = served.indexOf(text);
            assert.ok(column > 0 && lineOf(column).includes(text), `${text}: ${lineOf(column)}`);
        }
        for (const column of [served.indexOf(`"${version}"`), served.trimEnd().length - 1]) assert.match(lineOf(column), /SETTINGS/);
    }
});

test("SourceMap_PlaceOfAnError_IsTheLineThatThrows", () => {
    const served = settings({ snippet: "snp_7" });
    try {
        vm.runInNewContext(served, { Document: class { get currentScript() { return null; } }, document: {} }, "served.js");
        assert.fail();
    } catch (error) {
        const [, line, column] = /served\.js:(\d+):(\d+)/.exec((error as Error).stack!.split("\n    at ")[1]!)!;
        assert.equal(line, "1");
        assert.match(lineOf(Number(column) - 1), /throw new Error/);
    }
});

test("Script_LoadedTwice_StartsOnce", () => {
    const twice = settings({ snippet: "snp_7" }) + settings({ snippet: "snp_8" });
    const { fetched } = run(twice);
    assert.equal(fetched.length, 1);
});

test("Script_LoadedAsAModule_SaysSo", () => {
    assert.throws(() => run(settings({ snippet: "snp_7" }), null), /plain script tag/);
});

test("Package_Installed_ImportsAndHasTypes", () => {
    inFolder((folder) => {
        const npm = (...args: string[]) => execFileSync("npm", [...args, "--silent", "--offline"], { cwd: folder, stdio: "pipe" }).toString();
        const packed = npm("pack", join(SNIPPET_ROOT, "npm")).trim();
        writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
        npm("install", `./${packed}`);
        writeFileSync(join(folder, "page.mjs"), 'import { connect } from "@platform/snippet"; console.log(typeof connect);');
        assert.equal(execFileSync(process.execPath, ["page.mjs"], { cwd: folder }).toString().trim(), "function");
        writeFileSync(
            join(folder, "page.ts"),
            `import { connect, type SessionEvent } from "@platform/snippet";
            const platform = connect({ snippet: "snp_1", api: "https://api.test" });
            platform.onChange((event: SessionEvent) => { if (event.type === "expiring") event.expiresIn.toFixed(); });
            async function go() {
                const result = await platform.signIn({ username: "alice", password: "x" });
                if (result.status === "second_factor_required") await result.confirm("totp", "1");
                // @ts-expect-error: no such status
                if (result.status === "nonsense") return;
            }
            void go();`,
        );
        writeFileSync(join(folder, "tag.ts"), 'import "./snippet.js"; PlatformSession.ready.then((session) => session?.username.length);');
        writeFileSync(join(folder, "snippet.d.ts"), readFileSync(join(SNIPPET_ROOT, "dist/snippet.d.ts")));
        const tsc = join(SNIPPET_ROOT, "node_modules/typescript/bin/tsc");
        const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022"];
        execFileSync(process.execPath, [tsc, ...options, "page.ts", "tag.ts"], { cwd: folder, stdio: "pipe" });
    });
});
