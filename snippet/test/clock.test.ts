import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE, SECOND, signedIn } from "./simulation/signed-in.js";

const HOUR = 60 * MINUTE;

for (const ahead of [-400 * 24 * HOUR, -3 * HOUR, 3 * HOUR, 400 * 24 * HOUR]) {
    test(`Clock_WrongBy${ahead / HOUR}Hours_ChangesNothing`, async () => {
        const { world, server, browser, tab } = await signedIn();
        browser.clockAhead = ahead;
        tab.close();
        const page = browser.open();
        for (let minutes = 0; minutes < 90; minutes++) {
            page.input();
            await world.pass(MINUTE);
        }
        assert.ok(!page.types().includes("expiring") && page.session.session, page.types().join());
        assert.ok(server.touches().length >= 85 && server.touches().length <= 91, String(server.touches().length));
        await world.pass(29 * MINUTE);
        assert.equal(page.events.at(-1)!.type, "expiring");
        await world.pass(2 * MINUTE);
        assert.deepEqual(page.events.at(-1), { type: "signed_out", reason: "expired" });
    });
}

test("Clock_SetWhileThePageIsOpen_SignsNobodyOut", async () => {
    const { world, server, browser, tab } = await signedIn();
    const other = browser.open();
    for (let round = 0; round < 60; round++) {
        browser.clockAhead = world.random.between(-5 * HOUR, 5 * HOUR);
        tab.input();
        other.input("keydown");
        await world.pass(MINUTE + SECOND);
    }
    assert.ok(!tab.types().includes("signed_out") && !other.types().includes("signed_out"));
    const touches = server.touches();
    assert.ok(touches.length >= 50, String(touches.length));
    for (let i = 1; i < touches.length; i++) assert.ok(touches[i]! - touches[i - 1]! >= MINUTE);
});

for (const clockStops of [true, false]) {
    const what = clockStops ? "MonotonicClockStops" : "MonotonicClockRuns";

    test(`Sleep_PastTheEnd${what}_IsNoticedSoon`, async () => {
        const { world, browser, tab } = await signedIn();
        await world.pass(5 * MINUTE);
        browser.sleep(8 * HOUR, clockStops);
        await world.pass(35 * SECOND);
        assert.deepEqual(tab.events.at(-1), { type: "signed_out", reason: "expired" });
        assert.equal(tab.session.session, null);
    });

    test(`Sleep_WithinTheIdleTimeout${what}_KeepsTheSession`, async () => {
        const { world, browser, tab } = await signedIn();
        await world.pass(5 * MINUTE);
        browser.sleep(20 * MINUTE, clockStops);
        await world.pass(MINUTE);
        assert.equal(tab.session.session?.id, "ses_1");
        await world.pass(3 * MINUTE);
        assert.equal(tab.events.at(-1)!.type, "expiring");
        tab.input();
        await world.pass(MINUTE);
        assert.equal(tab.events.at(-1)!.type, "extended");
    });

    test(`Sleep_BeginsWithActivityUntold${what}_WakingIsNoActivity`, async () => {
        const { world, server, browser, tab } = await signedIn();
        await world.pass(2 * MINUTE);
        tab.input();
        await world.pass(10 * SECOND);
        tab.input();
        browser.sleep(25 * MINUTE, clockStops);
        await world.pass(2 * MINUTE);
        assert.equal(server.touches().length, 1);
        assert.equal(tab.session.session?.id, "ses_1");
    });

    test(`Sleep_UserActiveAtOnceAfterwards${what}_IsTold`, async () => {
        const { world, server, browser, tab } = await signedIn();
        await world.pass(2 * MINUTE);
        tab.input();
        await world.pass(10 * SECOND);
        tab.input();
        browser.sleep(25 * MINUTE, clockStops);
        tab.input();
        await world.pass(MINUTE);
        assert.equal(server.touches().length, 2);
    });
}

test("Tab_FrozenWhileOthersWorked_DoesNotTrustWhatItHearsLate", async () => {
    const { world, browser, tab } = await signedIn();
    const other = browser.open();
    await world.pass(2 * MINUTE);
    tab.show(false);
    tab.freeze();
    other.input();
    await world.pass(40 * MINUTE);
    tab.thaw();
    tab.show(true);
    await world.pass(SECOND);
    assert.equal(tab.session.session, null);
    assert.deepEqual(tab.events.at(-1), { type: "signed_out", reason: "expired" });
});
