import assert from "node:assert/strict";
import { test } from "node:test";
import { idOf, later, MINUTE, scene, SECOND, signedIn, signIn } from "./simulation/signed-in.js";

test("End_PageOpenWithoutActivity_IsWarnedOfAndToldOnce", async () => {
    const { world, server, tab } = await signedIn();
    const before = server.calls.length;
    await world.pass(27 * MINUTE);
    assert.deepEqual(tab.types(), ["signed_in"]);
    assert.equal(server.calls.length, before);
    await world.pass(MINUTE + 5 * SECOND);
    const warning = tab.events.at(-1)!;
    assert.ok(warning.type === "expiring" && warning.end === "idle" && warning.expiresIn >= 110 && warning.expiresIn <= 120, JSON.stringify(warning));
    await world.pass(2 * MINUTE);
    assert.deepEqual(tab.types(), ["signed_in", "expiring", "signed_out"]);
    assert.deepEqual(tab.events.at(-1), { type: "signed_out", reason: "expired" });
    assert.equal(tab.session.session, null);
    // One look before the warning, one or two at the end.
    assert.ok(server.calls.length - before <= 3, String(server.calls.length - before));
    await world.pass(60 * MINUTE);
    assert.ok(server.calls.length - before <= 3);
});

test("End_WarningSwitchedOff_IsToldAllTheSame", async () => {
    const { world, tab } = await signedIn({ settings: { warnBefore: 0 } });
    await world.pass(31 * MINUTE);
    assert.deepEqual(tab.types(), ["signed_in", "signed_out"]);
});

test("End_ActivityAfterTheWarning_Averts", async () => {
    const { world, tab } = await signedIn();
    await world.pass(29 * MINUTE);
    tab.input();
    await world.pass(10 * MINUTE);
    assert.deepEqual(tab.types(), ["signed_in", "expiring", "extended"]);
    await world.pass(21 * MINUTE);
    assert.deepEqual(tab.types(), ["signed_in", "expiring", "extended", "expiring", "signed_out"]);
});

test("End_OfTheContinuousSession_IsWarnedOfAndActivityDoesNotAvert", async () => {
    const { world, server, tab } = await signedIn();
    server.absoluteTimeout = 60 * MINUTE;
    for (let seconds = 0; seconds < 62 * 60; seconds++) {
        tab.input();
        await world.pass(SECOND);
    }
    const touches = server.touches();
    for (let i = 1; i < touches.length; i++) assert.ok(touches[i]! - touches[i - 1]! >= MINUTE);
    const warnings = tab.events.filter((event) => event.type === "expiring");
    assert.ok(warnings.length >= 1 && warnings.every((event) => event.end === "absolute"), JSON.stringify(warnings));
    assert.deepEqual(tab.events.at(-1), { type: "signed_out", reason: "expired" });
});

test("End_ExtendedInATabThatCannotBeHeard_IsNotWarnedOf", async () => {
    const { world, browser, tab } = await signedIn({ broadcasts: false });
    const other = browser.open();
    await world.pass(20 * MINUTE);
    other.input();
    await world.pass(25 * MINUTE);
    assert.deepEqual(tab.types(), ["signed_in", "extended"]);
    assert.equal(tab.session.session?.lastActivityAt, other.session.session?.lastActivityAt);
});

test("End_Revoked_IsToldAtTheNextCall", async () => {
    const { world, server, tab } = await signedIn();
    server.sessions[0]!.revoked = true;
    await world.pass(2 * MINUTE);
    tab.input();
    await world.pass(SECOND);
    assert.deepEqual(tab.events.at(-1), { type: "signed_out", reason: "ended" });
});

test("End_PolicyMadeShorter_HoldsFromTheNextCall", async () => {
    const { world, server, tab } = await signedIn();
    server.idleTimeout = MINUTE;
    await world.pass(50 * SECOND);
    tab.show(false);
    tab.show(true);
    tab.input();
    await world.pass(15 * SECOND);
    for (let seconds = 0; seconds < 120; seconds++) {
        tab.input();
        await world.pass(SECOND);
    }
    assert.ok(server.touches().length <= 7);
    await world.pass(65 * SECOND);
    assert.equal(tab.events.at(-1)!.type, "signed_out");
});

test("Rights_ChangedOnTheServer_AreToldAtTheNextCall", async () => {
    const { world, server, tab } = await signedIn();
    server.sessions[0]!.permissions = ["read", "edit"];
    await world.pass(2 * MINUTE);
    tab.input();
    await world.pass(SECOND);
    assert.deepEqual(tab.types(), ["signed_in", "extended", "updated"]);
    assert.deepEqual(tab.session.session?.permissions, ["read", "edit"]);
});

test("Tab_Hidden_NeverPeeksAndLearnsWhenShown", async () => {
    const { world, server, tab } = await signedIn();
    tab.show(false);
    const before = server.calls.length;
    await world.pass(40 * MINUTE);
    assert.equal(server.calls.length, before);
    assert.deepEqual(tab.types(), ["signed_in", "expiring"]);
    tab.show(true);
    await world.pass(SECOND);
    assert.equal(server.calls.length, before + 1);
    assert.deepEqual(tab.events.at(-1), { type: "signed_out", reason: "expired" });
});

test("Tab_OpenedInTheBackground_AsksWhenShown", async () => {
    const { world, server, browser } = await signedIn();
    server.calls.length = 0;
    const other = browser.open({}, false);
    const ready = later(other.session.ready);
    await world.pass(10 * MINUTE);
    assert.equal(server.calls.length, 0);
    assert.ok(!ready.done);
    other.show(true);
    await world.pass(SECOND);
    assert.equal(ready.value?.id, "ses_1");
});

test("Tab_Prerendered_AsksWhenTheUserGoesThere", async () => {
    const { world, server, browser } = await signedIn();
    server.calls.length = 0;
    const page = browser.open({}, true, true);
    await world.pass(MINUTE);
    assert.equal(server.calls.length, 0);
    page.prerendering = false;
    page.fire("prerenderingchange");
    await world.pass(SECOND);
    assert.equal(idOf(page), "ses_1");
});

test("Tab_ShownAgainAfterAMoment_DoesNotPeek", async () => {
    const { world, server, tab } = await signedIn();
    const before = server.calls.length;
    for (let round = 0; round < 20; round++) {
        tab.show(false);
        await world.pass(SECOND);
        tab.show(true);
        tab.fire("focus");
        await world.pass(SECOND);
    }
    assert.equal(server.calls.length, before);
});

test("Page_WithoutSession_CostsOneCall", async () => {
    const { world, server, tab } = scene();
    const ready = later(tab.session.ready);
    await world.pass(5 * SECOND);
    assert.equal(ready.value, null);
    for (let minutes = 0; minutes < 120; minutes++) {
        tab.input();
        tab.show(false);
        tab.show(true);
        tab.fire("focus");
        await world.pass(MINUTE);
    }
    assert.equal(server.calls.length, 1);
    assert.deepEqual(tab.events, []);
});

test("Page_RestoredFromTheBackForwardCache_AsksOnce", async () => {
    const { world, server, browser, tab } = await signedIn();
    tab.fire("pagehide", { persisted: true });
    assert.equal(browser.channels.length, 0);
    const other = browser.open();
    await world.pass(SECOND);
    const signOut = later(other.session.signOut());
    await world.pass(SECOND);
    assert.ok(signOut.done);
    assert.equal(tab.session.session?.id, "ses_1");
    const before = server.calls.length;
    tab.fire("pageshow", { persisted: true });
    await world.pass(SECOND);
    assert.equal(idOf(tab), undefined);
    assert.equal(server.calls.length, before + 1);
    await signIn(world, other);
    assert.equal(idOf(tab), "ses_2");
});
