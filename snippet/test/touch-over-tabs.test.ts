import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tab } from "./simulation/browser.js";
import { MINUTE, SECOND, signedIn } from "./simulation/signed-in.js";

test("Touch_ActivityInTwoTabsOfASite_IsSentOnce", async () => {
    const { world, server, browser, tab } = await signedIn();
    const other = browser.open();
    await world.pass(2 * MINUTE);
    tab.input();
    other.input();
    await world.pass(30 * SECOND);
    assert.equal(server.touches().length, 1);
    assert.equal(other.session.session?.lastActivityAt, tab.session.session?.lastActivityAt);
});

test("Touch_NewTabInTheSameMinute_KnowsOfTheTouch", async () => {
    const { world, server, browser, tab } = await signedIn({ broadcasts: false });
    await world.pass(2 * MINUTE);
    tab.input();
    await world.pass(10 * SECOND);
    const other = browser.open();
    await world.pass(SECOND);
    other.input();
    await world.pass(47 * SECOND);
    assert.equal(server.touches().length, 1);
    await world.pass(10 * SECOND);
    assert.equal(server.touches().length, 2);
});

test("Touch_HolderOfTheLockIsFrozen_IsSentByAnotherTab", async () => {
    const { world, server, browser, tab } = await signedIn();
    const other = browser.open();
    await world.pass(2 * MINUTE);
    tab.input();
    await world.pass(20);
    tab.freeze();
    assert.equal(browser.heldLocks.size, 1);
    for (let seconds = 0; seconds < 90; seconds++) {
        other.input();
        await world.pass(SECOND);
    }
    assert.ok(server.touches().length >= 2, String(server.touches().length));
    assert.ok(other.types().includes("extended"));
});

test("Touch_LockIsGrantedAfterNewsOfAnothersTouch_IsNotSent", async () => {
    const { world, server, browser, tab } = await signedIn({ latency: [10, 10], lockLatency: 150 });
    const other = browser.open();
    await world.pass(2 * MINUTE);
    tab.input();
    await world.pass(165);
    other.input();
    await world.pass(10 * SECOND);
    assert.equal(server.touches().length, 1);
});

test("Touch_AnswerOfAnEarlierPeekComesLater_IsNoReasonForAnother", async () => {
    const { world, server, browser, tab } = await signedIn({ latency: [10, 10] });
    const other = browser.open();
    await world.pass(5 * MINUTE);
    browser.answersTake = 500;
    other.fire("pageshow", { persisted: true });
    await world.pass(50);
    browser.answersTake = undefined;
    tab.input();
    await world.pass(5 * SECOND);
    assert.equal(server.touches().length, 1);
    tab.input();
    other.input();
    await world.pass(10 * SECOND);
    assert.equal(server.touches().length, 1);
});

test("Touch_WithoutWebLocksDueInTwoTabsAtOnce_IsMostlySentOnce", async () => {
    let sent = 0;
    for (let seed = 1; seed <= 40; seed++) {
        const { world, server, browser, tab } = await signedIn({ locks: false, seed, latency: [1, 50] });
        const other = browser.open();
        await world.pass(2 * MINUTE);
        tab.input();
        await world.pass(SECOND);
        tab.input();
        other.input();
        await world.pass(2 * MINUTE);
        sent += server.touches().length - 1;
    }
    assert.ok(sent >= 40 && sent < 50, String(sent));
});

/** Random people at random tabs: whatever they do, these hold. */
for (const { name, locks, slowest } of [
    { name: "OnAFastNetwork", locks: true, slowest: 200 },
    { name: "OnASlowNetwork", locks: true, slowest: 2500 },
    { name: "WithoutWebLocks", locks: false, slowest: 200 },
]) {
    test(`Touch_AnyActivityInAnyTabs${name}_IsToldAndAtMostOnceAMinute`, async () => {
        for (let seed = 1; seed <= 100; seed++) await play(seed, locks, slowest);
    });
}

async function play(seed: number, locks: boolean, slowest: number) {
    const idleTimeout = [1, 5, 30][seed % 3]! * MINUTE;
    const touchEvery = Math.min(MINUTE, idleTimeout / 3);
    const { world, server, browser, tab: first } = await signedIn({ locks, latency: [1, slowest], seed, idleTimeout });
    const random = world.random;
    const inputs: number[] = [];
    const until = world.time + 2 * idleTimeout + 20 * MINUTE;
    const others: Tab[] = [first];
    while (world.time < until) {
        const tab = others[random.below(others.length)]!;
        const dice = random.next();
        if (dice < 0.6 || world.time - (inputs.at(-1) ?? 0) > idleTimeout / 3) {
            tab.input();
            inputs.push(world.time);
        } else if (dice < 0.65 && others.length < 4) {
            others.push(browser.open());
        } else if (dice < 0.8) {
            tab.show(!tab.visible);
        }
        const pause = random.next();
        await world.pass(random.between(0, pause < 0.7 ? 5 * SECOND : pause < 0.97 ? touchEvery : idleTimeout / 3));
    }
    await world.pass(touchEvery + 10 * SECOND);

    const touches = server.touches();
    const late = 4 * SECOND + 2 * slowest;
    const about = `seed ${seed}, idle timeout ${idleTimeout / MINUTE} min`;
    // Without locks, two tabs may be active in the very same instant.
    if (locks) {
        for (let i = 1; i < touches.length; i++) {
            const apart = touches[i]! - touches[i - 1]!;
            assert.ok(apart >= touchEvery, `${about}: touches ${apart} ms apart`);
        }
    }
    for (const at of inputs) {
        // Input in the moment in which another tab's touch is under way counts as told.
        const told = touches.some((touch) => touch >= at - 2 * slowest && touch <= at + touchEvery + late);
        assert.ok(told, `${about}: activity at ${at} was not told: ${touches.filter((touch) => Math.abs(touch - at) < 2 * MINUTE)}`);
    }
    for (const touch of touches) {
        const cause = inputs.some((at) => at <= touch && at >= touch - touchEvery - late);
        assert.ok(cause, `${about}: a touch at ${touch} without activity`);
    }
    assert.equal(server.sessions.filter((session) => server.isLive(session)).length, 1, about);
    for (const tab of others) assert.ok(!tab.types().includes("signed_out"), about);
}
