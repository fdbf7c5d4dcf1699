import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { PlatformSession } from "../../src/types.js";
import { SECOND_SITE, SITE, type Backend, type Tenant, type TenantWishes } from "./backend.js";
import { issueCertificate } from "./certificate.js";
import { startChromium, type Chromium, type CookieSetting, type Tab } from "./chromium.js";
import { createGate, type Gate } from "./gate.js";
import { createSites, type Sites } from "./sites.js";
import { startPlatform } from "./platform.js";
import { startSmallServer } from "./small-server.js";

const folder = mkdtempSync(join(tmpdir(), "snippet-browser-"));
let backend: Backend;
let gate: Gate;
const browsers = new Map<CookieSetting, Chromium>();
let sites: Sites;

before(async () => {
    const certificate = issueCertificate(folder);
    const platform = process.env.PLATFORM_SERVER;
    backend = platform ? await startPlatform(platform, folder) : await startSmallServer(certificate);
    gate = await createGate(backend.port);
    sites = await createSites(certificate);
});

after(async () => {
    for (const browser of browsers.values()) await browser.close();
    sites?.stop();
    gate?.stop();
    await backend?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

declare const PlatformSession: PlatformSession;

interface Scene {
    readonly tenant: Tenant;
    readonly browser: Chromium;
    readonly tab: Tab;
}

async function browserOf(cookies: CookieSetting): Promise<Chromium> {
    const browser = browsers.get(cookies) ?? (await startChromium({ api: gate.port, sites: sites.port }, cookies));
    browsers.set(cookies, browser);
    return browser;
}

/** Each scenario has a tenant of its own, and a browser that has forgotten the others. */
function scenario(name: string, wishes: TenantWishes & { cookies?: CookieSetting; path?: string }, play: (scene: Scene) => Promise<void>) {
    test(name, { timeout: 120_000 }, async () => {
        const tenant = await backend.createTenant(wishes);
        sites.script = await tenant.script();
        const browser = await browserOf(wishes.cookies ?? "default");
        try {
            await play({ tenant, browser, tab: await browser.open(SITE + (wishes.path ?? "/")) });
            assert.deepEqual(browser.complaints.filter((line) => !EXPECTED.test(line)), []);
        } catch (error) {
            throw new Error([`${error}`, ...browser.complaints, ...browser.calls].join("\n"), { cause: error });
        } finally {
            gate.open();
            await browser.forget();
        }
    });
}

async function signIn({ tenant, tab }: Scene) {
    assert.equal(await tab.signIn(tenant.username, tenant.password), "signed_in");
    assert.equal(await tab.session(), tenant.username);
}

/** What the browser itself logs of refusals, and the script's hint. */
const EXPECTED = /Failed to load resource|blocked by CORS|PlatformSession: no answer/;

const pass = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
let moved = 0;
// Two steps: where the pointer came from is unknown at the first.
const move = (tab: Tab) => tab.page.mouse.move(100 + (++moved % 50), 100 + (moved % 30), { steps: 2 });
const touches = (browser: Chromium) => browser.calls.filter((call) => call === "POST /session/touch").length;

const PAGES = { TagWithIntegrity: "/", PolicyOfTheHashAlone: "/by-hash", Loader: "/loader", PageWithClobberingNames: "/clobbered" };
for (const [where, path] of Object.entries(PAGES)) {
    scenario(`SignIn_${where}_SignsInUnderAStrictPolicy`, { path }, async (scene) => {
        assert.equal(await scene.tab.ready(), null);
        await signIn(scene);
        assert.deepEqual(await scene.tab.events(), ["signed_in"]);
    });
}

scenario("SignIn_WrongPassword_IsRefused", {}, async ({ tenant, tab }) => {
    assert.equal(await tab.signIn(tenant.username, "Wrong-Harbour-17"), "invalid_credentials");
    assert.equal(await tab.session(), null);
});

scenario("SignIn_SecondFactor_TakesACode", { secondFactor: true }, async ({ tenant, tab }) => {
    assert.equal(await tab.signIn(tenant.username, tenant.password), "second_factor_required");
    assert.equal(await tab.session(), null);
    assert.equal(await tab.confirm("totp", "000000"), "invalid_code");
    assert.equal(await tab.confirm("totp", await tenant.code()), "signed_in");
    await tab.reload();
    assert.equal(await tab.ready(), tenant.username);
});

scenario("SignIn_SecondFactorRequiredAndMissing_SaysSo", { secondFactorMissing: true }, async ({ tenant, tab }) => {
    assert.equal(await tab.signIn(tenant.username, tenant.password), "second_factor_enrolment_required");
    assert.equal(await tab.page.evaluate(() => (window as any).signingIn.status), "second_factor_enrolment_required");
    assert.equal(await tab.session(), null);
});

scenario("Session_PageReloaded_IsKept", {}, async (scene) => {
    await signIn(scene);
    await scene.tab.reload();
    assert.equal(await scene.tab.ready(), scene.tenant.username);
});

scenario("Page_WithoutSession_CostsOneCallWithoutPreflight", {}, async ({ browser, tab }) => {
    await tab.ready();
    await move(tab);
    await pass(1);
    assert.deepEqual(browser.calls, ["GET /session"]);
});

scenario("Session_ByCookie_HasNoPreflightOnHotCalls", { idleTimeout: 6 }, async (scene) => {
    await signIn(scene);
    const preflights: string[] = [];
    const client = await scene.browser.context.newCDPSession(scene.tab.page);
    await client.send("Network.enable");
    client.on("Network.requestWillBeSent", ({ type, request }) => String(type) === "Preflight" && preflights.push(request.url));
    await pass(2.5);
    await move(scene.tab);
    await pass(1);
    assert.ok(touches(scene.browser) >= 1);
    assert.deepEqual(preflights, []);
});

scenario("Session_UserIsActive_OutlivesTheIdleTimeout", { idleTimeout: 6 }, async (scene) => {
    const { browser, tab } = scene;
    await signIn(scene);
    for (let step = 0; step < 30; step++) {
        await move(tab);
        await pass(0.4);
    }
    assert.equal(await tab.session(), scene.tenant.username);
    assert.ok(!(await tab.events()).includes("expiring"));
    assert.ok(touches(browser) >= 4 && touches(browser) <= 7, String(touches(browser)));
});

scenario("Session_PageIsOpenAndNothingMore_EndsAndIsWarnedOf", { idleTimeout: 6 }, async (scene) => {
    const { browser, tab } = scene;
    await signIn(scene);
    await tab.page.evaluate(() => setInterval(() => window.scrollBy(0, 1), 100));
    await tab.waitFor("signed_out expired");
    assert.deepEqual(await tab.events(), ["signed_in", "expiring", "signed_out expired"]);
    assert.equal(await tab.session(), null);
    assert.equal(touches(browser), 0);
});

scenario("Session_TwoTabs_ShareItAndItsTouches", { idleTimeout: 9 }, async (scene) => {
    const { browser, tab } = scene;
    await signIn(scene);
    const other = await browser.open(SITE);
    assert.equal(await other.ready(), scene.tenant.username);
    await pass(3.5);
    await Promise.all([move(tab), move(other)]);
    await pass(1.5);
    assert.equal(touches(browser), 1);
    assert.ok((await tab.events()).includes("extended"));
    assert.ok((await other.events()).includes("extended"));
});

scenario("SignIn_InOneTab_ReachesTheOther", {}, async (scene) => {
    const other = await scene.browser.open(SITE);
    assert.equal(await other.ready(), null);
    await signIn(scene);
    await other.waitFor("signed_in");
});

scenario("SignOut_InOneTab_ReachesTheOther", {}, async (scene) => {
    await signIn(scene);
    const other = await scene.browser.open(SITE);
    assert.equal(await other.ready(), scene.tenant.username);
    const before = scene.browser.calls.length;
    assert.equal(await scene.tab.signOut(), "signed_out");
    await other.waitFor("signed_out sign_out");
    assert.deepEqual(scene.browser.calls.slice(before), ["POST /sign-out"]);
    await other.reload();
    assert.equal(await other.ready(), null);
});

scenario("SignOut_ServerAway_SaysSoAndKeepsTheSession", {}, async (scene) => {
    await signIn(scene);
    gate.shut();
    assert.equal(await scene.tab.signOut(), "unavailable");
    assert.equal(await scene.tab.session(), scene.tenant.username);
    gate.open();
    assert.equal(await scene.tab.signOut(), "signed_out");
});

scenario("Session_RevokedByAManager_EndsAtTheNextCall", { idleTimeout: 9 }, async (scene) => {
    await signIn(scene);
    await scene.tenant.revoke();
    await pass(3.2);
    await move(scene.tab);
    await scene.tab.waitFor("signed_out ended");
});

scenario("SecondSite_BeforeItsDomainIsProven_IsRefused", {}, async (scene) => {
    const { tenant, browser } = scene;
    await signIn(scene);
    await assert.rejects(tenant.addSecondSite(), /multi_domain_required/);
    const refused = await browser.open(SECOND_SITE);
    await refused.waitFor("unavailable");
    assert.equal(await refused.session(), null);
    assert.equal(await refused.signIn(tenant.username, tenant.password), "unavailable");
    assert.equal(browser.complaints.filter((line) => line.includes("PlatformSession: no answer for https://b.test")).length, 1);
    await refused.page.close();

    await tenant.switchMultiDomainOn();
    await tenant.addSecondSite();
    const allowed = await browser.open(SECOND_SITE);
    // The cookie is the first site's alone.
    assert.equal(await allowed.ready(), null);
    assert.equal(await allowed.signIn(tenant.username, tenant.password), "signed_in");
    await scene.tab.reload();
    assert.equal(await scene.tab.ready(), tenant.username);
});

scenario("Cookies_ThirdPartyBlocked_ThePartitionedOneIsKept", { cookies: "third-party blocked" }, async (scene) => {
    await signIn(scene);
    assert.equal(await storedInTab(scene.tab), 0);
    await scene.tab.reload();
    assert.equal(await scene.tab.ready(), scene.tenant.username);
});

scenario("Cookies_NoneKept_ATokenInTheTabTakesTheirPlace", { cookies: "partitioned off", idleTimeout: 6 }, async (scene) => {
    const { browser, tab } = scene;
    await signIn(scene);
    assert.equal(await storedInTab(tab), 1);
    await tab.reload();
    assert.equal(await tab.ready(), scene.tenant.username);
    await pass(2.5);
    await move(tab);
    await tab.waitFor("extended");
    const other = await browser.open(SITE);
    assert.equal(await other.ready(), null);
    assert.equal(await tab.signOut(), "signed_out");
    assert.equal(await storedInTab(tab), 0);
});

scenario("Cookies_AndStorageBlocked_TheTokenLastsAsLongAsThePage", { cookies: "all blocked", idleTimeout: 6 }, async (scene) => {
    await signIn(scene);
    await pass(2.5);
    await move(scene.tab);
    await scene.tab.waitFor("extended");
    await scene.tab.reload();
    assert.equal(await scene.tab.ready(), null);
});

scenario("Outage_OfThirtySeconds_SignsNobodyOut", { idleTimeout: 60 }, async (scene) => {
    const { tab } = scene;
    await signIn(scene);
    gate.shut();
    for (let seconds = 0; seconds < 30; seconds++) {
        await move(tab);
        await pass(1);
    }
    const events = await tab.events();
    assert.ok(events.includes("unavailable") && !events.includes("extended"), events.join());
    assert.equal(await tab.session(), scene.tenant.username);
    gate.open();
    await move(tab);
    await tab.waitFor("available");
    await tab.waitFor("extended");
    assert.equal(await tab.session(), scene.tenant.username);
});

scenario("Script_RolledBack_IsTheOldBody", { path: "/loader" }, async ({ tenant, browser, tab }) => {
    const client = await browser.context.newCDPSession(tab.page);
    await client.send("Network.enable");
    await client.send("Network.setCacheDisabled", { cacheDisabled: true });
    const first = await tenant.script();
    const versionAfterReload = async () => {
        await tab.reload();
        return tab.page.evaluate(() => PlatformSession.version);
    };
    await tenant.publish();
    const second = await tenant.script();
    assert.notEqual(second.integrity, first.integrity);
    assert.equal(await versionAfterReload(), second.version);
    await tenant.rollback();
    assert.equal((await tenant.script()).integrity, first.integrity);
    assert.equal(await versionAfterReload(), first.version);
});

scenario("Page_BackForwardCache_TakesItAndItAsksWhenRestored", {}, async (scene) => {
    const { tab, browser } = scene;
    await signIn(scene);
    await tab.page.goto(SITE + "/by-hash");
    const other = await browser.open(SITE);
    assert.equal(await other.ready(), scene.tenant.username);
    assert.equal(await other.signOut(), "signed_out");
    await tab.page.goBack({ waitUntil: "commit" });
    // The page's own memory is still there: it was restored, not loaded.
    await tab.waitFor("signed_out ended");
    assert.deepEqual(await tab.events(), ["signed_in", "signed_out ended"]);
});

scenario("Tab_InTheBackground_LearnsOfTheEndWhenTheUserComesBack", { idleTimeout: 4 }, async (scene) => {
    const { tab, browser } = scene;
    await signIn(scene);
    await pretend(tab, "hidden");
    const before = browser.calls.length;
    await pass(6);
    assert.deepEqual(browser.calls.slice(before), []);
    assert.equal(await tab.session(), scene.tenant.username);
    await pretend(tab, "visible");
    await tab.waitFor("signed_out expired");
});

/** A driven Chromium has every tab in front. */
function pretend(tab: Tab, visibility: "hidden" | "visible"): Promise<void> {
    return tab.page.evaluate((state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }, visibility);
}

async function storedInTab(tab: Tab): Promise<number> {
    return tab.page.evaluate(() => sessionStorage.length);
}
