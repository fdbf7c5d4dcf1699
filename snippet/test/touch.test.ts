import assert from "node:assert/strict";
import { test } from "node:test";
import { later, MINUTE, SECOND, signedIn } from "./simulation/signed-in.js";

test("Touch_FirstActivityAfterAPause_IsSentAtOnce", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(5 * MINUTE);
    tab.input();
    await world.pass(SECOND);
    assert.equal(server.touches().length, 1);
    assert.deepEqual(tab.types(), ["signed_in", "extended"]);
});

test("Touch_ActivityWithoutPause_IsSentOnceAMinute", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(2 * MINUTE);
    for (let tenths = 0; tenths < 6000; tenths++) {
        tab.input();
        await world.pass(100);
    }
    assert.ok(server.touches().length >= 10 && server.touches().length <= 11, String(server.touches().length));
});

test("Touch_LastActivityOfAMinute_IsSentWhenTheMinuteIsOver", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(2 * MINUTE);
    tab.input();
    await world.pass(30 * SECOND);
    tab.input();
    await world.pass(29 * SECOND);
    assert.equal(server.touches().length, 1);
    await world.pass(3 * SECOND);
    assert.equal(server.touches().length, 2);
    await world.pass(10 * MINUTE);
    assert.equal(server.touches().length, 2);
});

test("Touch_IdleTimeoutOfOneMinute_IsSentThreeTimesAMinute", async () => {
    const { world, server, tab } = await signedIn({ idleTimeout: MINUTE });
    for (let seconds = 0; seconds < 600; seconds++) {
        tab.input();
        await world.pass(SECOND);
    }
    assert.ok(!tab.types().includes("expiring") && !tab.types().includes("signed_out"), tab.types().join());
    assert.ok(server.touches().length <= 30, String(server.touches().length));
});

for (const [what, make] of [
    ["keydown", (tab: any) => tab.input("keydown")],
    ["pointerdown", (tab: any) => tab.input("pointerdown")],
    ["wheel", (tab: any) => tab.input("wheel")],
    ["touchmove", (tab: any) => tab.input("touchmove")],
    ["click", (tab: any) => tab.input("click")],
    ["input", (tab: any) => tab.input("input")],
    ["pointermoveWithoutMovement", (tab: any) => tab.fire("pointermove", { isTrusted: true })],
] as const) {
    test(`Activity_${what}_Counts`, async () => {
        const { world, server, tab } = await signedIn();
        await world.pass(2 * MINUTE);
        make(tab);
        await world.pass(SECOND);
        assert.equal(server.touches().length, 1);
    });
}

for (const [what, make] of [
    ["ScrollOfThePageItself", (tab: any) => tab.input("scroll")],
    ["EventOfThePagesOwnCode", (tab: any) => tab.input("keydown", false)],
    ["PointerAtRest", (tab: any) => tab.fire("pointermove", { isTrusted: true, movementX: 0, movementY: 0 })],
    ["TabShownAndFocused", (tab: any) => (tab.show(false), tab.show(true), tab.fire("focus"))],
    ["RestoredPage", (tab: any) => (tab.fire("pagehide"), tab.fire("pageshow", { persisted: true }))],
    ["NetworkBack", (tab: any) => tab.fire("online")],
] as const) {
    test(`Activity_${what}_DoesNotCount`, async () => {
        const { world, server, tab } = await signedIn();
        await world.pass(2 * MINUTE);
        make(tab);
        await world.pass(2 * MINUTE);
        assert.equal(server.touches().length, 0);
    });
}

test("Touch_CalledByThePage_AnswersTheSession", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(2 * MINUTE);
    const touch = later(tab.session.touch());
    await world.pass(SECOND);
    assert.equal(touch.value?.lastActivityAt, new Date(server.touches()[0]!).toISOString());
});

test("Touch_CalledDuringAPeek_IsSentAfterIt", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(2 * MINUTE);
    tab.fire("pageshow", { persisted: true });
    const touch = later(tab.session.touch());
    await world.pass(SECOND);
    assert.equal(touch.value?.lastActivityAt, new Date(server.touches()[0]!).toISOString());
});

test("Touch_CalledTwiceInAMinute_SendsTheSecondWhenTheMinuteIsOver", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(2 * MINUTE);
    later(tab.session.touch());
    await world.pass(10 * SECOND);
    const second = later(tab.session.touch());
    await world.pass(0);
    assert.equal(second.value?.id, "ses_1");
    assert.equal(server.touches().length, 1);
    await world.pass(MINUTE);
    assert.equal(server.touches().length, 2);
});

test("Touch_CalledWithoutSession_AnswersNullAndSendsNothing", async () => {
    const { world, server, tab } = await signedIn();
    const signOut = later(tab.session.signOut());
    await world.pass(SECOND);
    assert.ok(signOut.done);
    const touch = later(tab.session.touch());
    await world.pass(MINUTE);
    assert.equal(touch.value, null);
    assert.equal(server.count("/session/touch"), 0);
});

test("Touch_CalledAfterTheEnd_AnswersNull", async () => {
    const { world, server, tab } = await signedIn();
    server.sessions[0]!.revoked = true;
    await world.pass(2 * MINUTE);
    const touch = later(tab.session.touch());
    await world.pass(SECOND);
    assert.equal(touch.value, null);
    assert.deepEqual(tab.events.at(-1), { type: "signed_out", reason: "ended" });
});
