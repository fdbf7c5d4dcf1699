import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import type { PlatformSession } from "../../src/types.js";
import { API } from "./backend.js";

export interface Ports {
    readonly api: number;
    readonly sites: number;
}

/** How the user has set up cookies. */
export type CookieSetting = "default" | "third-party blocked" | "partitioned off" | "all blocked";

const PREFERENCES: Record<CookieSetting, object> = {
    "default": {},
    "third-party blocked": { profile: { cookie_controls_mode: 1, block_third_party_cookies: true } },
    "partitioned off": { profile: { content_settings: { exceptions: { cookies: { [`${API}:443,*`]: { setting: 2 } } } } } },
    "all blocked": { profile: { default_content_setting_values: { cookies: 2 } } },
};

export interface Chromium {
    readonly context: BrowserContext;
    /** Console lines and broken policies of all pages. */
    readonly complaints: string[];
    /** Method and path of every call to the platform. */
    readonly calls: string[];
    open(url: string): Promise<Tab>;
    /** Closes all tabs and drops what they left. */
    forget(): Promise<void>;
    close(): Promise<void>;
}

/** A page, and what its script told. */
export interface Tab {
    readonly page: Page;
    ready(): Promise<string | null>;
    session(): Promise<string | null>;
    events(): Promise<string[]>;
    waitFor(event: string): Promise<void>;
    signIn(username: string, password: string): Promise<string>;
    confirm(method: string, code: string): Promise<string>;
    signOut(): Promise<string>;
    reload(): Promise<void>;
}

declare const PlatformSession: PlatformSession;

export async function startChromium(ports: Ports, cookies: CookieSetting = "default"): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), "snippet-chromium-"));
    mkdirSync(join(folder, "Default"));
    writeFileSync(join(folder, "Default/Preferences"), JSON.stringify(PREFERENCES[cookies]));
    const hosts = `MAP api.test:443 127.0.0.1:${ports.api}, MAP *.test:443 127.0.0.1:${ports.sites}, MAP * ~NOTFOUND`;
    const context = await chromium.launchPersistentContext(folder, {
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        headless: true,
        ignoreHTTPSErrors: true,
        ignoreDefaultArgs: ["--disable-back-forward-cache"],
        args: [
            `--host-resolver-rules=${hosts}`,
            ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
            "--disable-sync",
        ],
    });
    const complaints: string[] = [];
    const calls: string[] = [];
    context.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    context.on("weberror", (error) => complaints.push(String(error.error())));
    context.on("request", (request) => {
        const url = new URL(request.url());
        const [, path] = /^\/v1\/snippets\/[^/]+(.*)$/.exec(url.pathname) ?? [];
        if (url.origin === API && path) calls.push(`${request.method()} ${path}`);
    });
    return {
        context,
        complaints,
        calls,
        async open(url) {
            const page = await context.newPage();
            await page.goto(url);
            return watch(page);
        },
        async forget() {
            for (const page of context.pages()) await page.close();
            await context.clearCookies();
            complaints.length = calls.length = 0;
        },
        async close() {
            await context.close();
            rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
        },
    };
}

async function watch(page: Page): Promise<Tab> {
    const listen = () =>
        page.evaluate(() => {
            const heard: string[] = ((window as any).heard = []);
            PlatformSession.onChange((event) => heard.push("reason" in event ? `${event.type} ${event.reason}` : event.type));
        });
    const loaded = () => page.waitForFunction(() => typeof PlatformSession === "object" && "onChange" in PlatformSession, null, { timeout: 10_000 });
    await loaded();
    await listen();
    return {
        page,
        ready: () => page.evaluate(() => PlatformSession.ready.then((session) => session && session.username)),
        session: () => page.evaluate(() => PlatformSession.session && PlatformSession.session.username),
        events: () => page.evaluate(() => (window as any).heard),
        waitFor: async (event) => void (await page.waitForFunction((wanted) => (window as any).heard.includes(wanted), event, { timeout: 30_000 })),
        signIn: (username, password) =>
            page.evaluate(
                (credentials) =>
                    PlatformSession.signIn(credentials).then(
                        (result) => (((window as any).signingIn = result), result.status),
                        (error) => error.code,
                    ),
                { username, password },
            ),
        confirm: (method, code) =>
            page.evaluate(
                ([method, code]) =>
                    (window as any).signingIn.confirm(method, code).then(
                        (result: { status: string }) => result.status,
                        (error: { code: string }) => error.code,
                    ),
                [method, code],
            ),
        signOut: () =>
            page.evaluate(() =>
                PlatformSession.signOut().then(
                    () => "signed_out",
                    (error) => error.code,
                ),
            ),
        async reload() {
            await page.reload();
            await loaded();
            await listen();
        },
    };
}
