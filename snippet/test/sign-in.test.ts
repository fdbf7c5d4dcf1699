import assert from "node:assert/strict";
import { test } from "node:test";
import { idOf, later, MINUTE, scene, SECOND, signedIn, signIn } from "./simulation/signed-in.js";

test("SignIn_BrowserKeepsCookies_UsesTheCookie", async () => {
    const { world, server, browser, tab } = scene();
    await world.pass(SECOND);
    await signIn(world, tab);
    assert.ok(browser.cookies.has("session"));
    assert.deepEqual(tab.storage, {});
    assert.equal(server.count("/session"), 2);
});

test("SignIn_BeforeTheFirstAnswer_StillFindsOutAboutCookies", async () => {
    const { world, browser, tab } = scene();
    await signIn(world, tab);
    assert.ok(browser.cookies.has("session"));
    assert.deepEqual(tab.types(), ["signed_in"]);
});

test("SignIn_ProbeCookieHasRunOut_UsesTheCookieAllTheSame", async () => {
    const { world, browser, tab } = scene();
    await world.pass(30 * MINUTE);
    browser.cookies.clear();
    await signIn(world, tab);
    assert.ok(browser.cookies.has("session"));
});

test("SignIn_BrowserKeepsNoCookies_KeepsATokenInTheTab", async () => {
    const { world, server, browser, tab } = await signedIn({ keepsCookies: false });
    assert.equal(browser.cookies.size, 0);
    assert.deepEqual(tab.storage, { "platform-session:snp_1": "token-1" });
    await world.pass(2 * MINUTE);
    tab.input();
    await world.pass(SECOND);
    assert.equal(server.touches().length, 1);
    tab.close();
    const reloaded = browser.open(tab.storage);
    const ready = later(reloaded.session.ready);
    await world.pass(SECOND);
    assert.equal(ready.value?.id, "ses_1");
    const stranger = browser.open();
    const strangers = later(stranger.session.ready);
    await world.pass(SECOND);
    assert.equal(strangers.value, null);
});

test("SignOut_ByToken_ForgetsTheToken", async () => {
    const { world, server, tab } = await signedIn({ keepsCookies: false });
    const signOut = later(tab.session.signOut());
    await world.pass(SECOND);
    assert.ok(signOut.done && !signOut.error);
    assert.deepEqual(tab.storage, {});
    assert.ok(!server.isLive(server.sessions[0]!));
});

test("Token_SessionIsOver_IsForgotten", async () => {
    const { world, server, browser, tab } = await signedIn({ keepsCookies: false });
    server.sessions[0]!.revoked = true;
    tab.close();
    const reloaded = browser.open(tab.storage);
    await world.pass(SECOND);
    assert.equal(reloaded.session.session, null);
    assert.deepEqual(reloaded.storage, {});
});

test("Token_StorageRefused_LastsAsLongAsThePage", async () => {
    const { world, server, tab } = await signedIn({ keepsCookies: false, storage: false });
    await world.pass(2 * MINUTE);
    tab.input();
    await world.pass(SECOND);
    assert.equal(server.touches().length, 1);
});

test("Token_SessionOfAnotherTab_IsNotTakenOver", async () => {
    const { world, browser, tab } = await signedIn({ keepsCookies: false });
    const other = browser.open();
    await world.pass(SECOND);
    await signIn(world, other);
    assert.equal(tab.session.session?.id, "ses_1");
    assert.equal(other.session.session?.id, "ses_2");
    const signOut = later(other.session.signOut());
    await world.pass(SECOND);
    assert.ok(signOut.done);
    assert.equal(tab.session.session?.id, "ses_1");
});

test("SignIn_WrongPassword_RejectsAndChangesNothing", async () => {
    const { world, tab } = scene();
    const result = later(tab.session.signIn({ username: "alice", password: "wrong" }));
    await world.pass(3 * SECOND);
    assert.equal(result.error.code, "invalid_credentials");
    assert.ok(result.error instanceof Error);
    assert.equal(tab.session.session, null);
    assert.deepEqual(tab.events, []);
});

test("SignIn_ServerAway_RejectsAsUnavailable", async () => {
    const { world, server, tab } = scene();
    await world.pass(SECOND);
    server.outage = { status: 0 };
    const result = later(tab.session.signIn({ username: "alice", password: "right" }));
    await world.pass(3 * SECOND);
    assert.equal(result.error.code, "unavailable");
});

test("SignIn_TooManyAttempts_SaysHowLongToWait", async () => {
    const { world, server, tab } = scene();
    await world.pass(SECOND);
    server.outage = { status: 429, retryAfter: 30, body: { code: "too_many_attempts" } };
    const result = later(tab.session.signIn({ username: "alice", password: "right" }));
    await world.pass(3 * SECOND);
    assert.equal(result.error.code, "too_many_attempts");
    assert.equal(result.error.retryAfter, 30);
});

for (const keepsCookies of [true, false]) {
    test(`SignIn_SecondFactor${keepsCookies ? "ByCookie" : "ByToken"}_ConfirmsWithACode`, async () => {
        const { world, server, browser, tab } = scene({ keepsCookies });
        server.secondFactor = true;
        const first = later(tab.session.signIn({ username: "alice", password: "right" }));
        await world.pass(3 * SECOND);
        const challenge = first.value!;
        assert.ok(challenge.status === "second_factor_required");
        assert.deepEqual(challenge.methods, ["totp", "sms"]);
        assert.equal(idOf(tab), undefined);

        const sms = later(challenge.sendSms());
        await world.pass(SECOND);
        assert.ok(sms.done && !sms.error);

        const wrong = later(challenge.confirm("totp", "000000"));
        await world.pass(SECOND);
        assert.equal(wrong.error.code, "invalid_code");

        const right = later(challenge.confirm("totp", "123456"));
        await world.pass(SECOND);
        assert.equal(right.value?.status, "signed_in");
        assert.equal(idOf(tab), "ses_1");
        assert.equal(browser.cookies.has("session"), keepsCookies);
        assert.equal(Object.keys(tab.storage).length, keepsCookies ? 0 : 1);
    });
}

for (const [status, reply] of [
    ["second_factor_enrolment_required", { status: 403, body: { status: 403, code: "second_factor_enrolment_required" } }],
    ["password_change_required", { status: 200, body: { status: "password_change_required", challenge: "c" } }],
] as const) {
    test(`SignIn_${status}_SaysSoAndSignsNobodyIn`, async () => {
        const { world, server, tab } = scene();
        const answer = server.answer.bind(server);
        server.answer = (request) => (request.path === "/sign-in" ? reply : answer(request));
        const result = later(tab.session.signIn({ username: "alice", password: "right" }));
        await world.pass(3 * SECOND);
        assert.deepEqual(result.value, { status });
        assert.equal(tab.session.session, null);
    });
}

test("SignIn_AsSomebodyElse_ReplacesTheSessionInAllTabs", async () => {
    const { world, browser, tab } = await signedIn();
    const other = browser.open();
    await world.pass(SECOND);
    await signIn(world, other);
    assert.equal(tab.session.session?.id, "ses_2");
    assert.equal(other.session.session?.id, "ses_2");
});
