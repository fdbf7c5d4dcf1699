import assert from "node:assert/strict";
import { test } from "node:test";
import { later, MINUTE, scene, SECOND, signedIn, signIn } from "./simulation/signed-in.js";

test("SignOut_InOneTab_ReachesTheOthersWithoutACall", async () => {
    const { world, server, browser, tab } = await signedIn();
    const others = [browser.open(), browser.open({}, false), browser.open()];
    await world.pass(SECOND);
    const before = server.calls.length;
    const signOut = later(tab.session.signOut());
    await world.pass(SECOND);
    assert.ok(signOut.done && !signOut.error);
    for (const each of [tab, ...others]) {
        assert.equal(each.session.session, null);
        assert.deepEqual(each.events.at(-1), { type: "signed_out", reason: "sign_out" });
    }
    assert.equal(server.calls.length, before + 1);
});

test("SignOut_WithoutBroadcastChannel_OtherTabsLearnAtTheirNextCall", async () => {
    const { world, browser, tab } = await signedIn({ broadcasts: false });
    const other = browser.open();
    await world.pass(2 * MINUTE);
    later(tab.session.signOut());
    await world.pass(SECOND);
    assert.equal(other.session.session?.id, "ses_1");
    other.input();
    await world.pass(SECOND);
    assert.deepEqual(other.events.at(-1), { type: "signed_out", reason: "ended" });
});

for (const outage of [{ status: 0 }, { status: 503 }, { status: 429, retryAfter: 5 }]) {
    test(`SignOut_NotConfirmed${outage.status}_RejectsAndChangesNothing`, async () => {
        const { world, server, browser, tab } = await signedIn();
        const other = browser.open();
        await world.pass(SECOND);
        server.outage = outage;
        const signOut = later(tab.session.signOut());
        await world.pass(SECOND);
        assert.equal(signOut.error.code, "unavailable");
        assert.equal(tab.session.session?.id, "ses_1");
        assert.equal(other.session.session?.id, "ses_1");
        assert.deepEqual(tab.types(), ["signed_in"]);
        server.outage = undefined;
        const again = later(tab.session.signOut());
        await world.pass(SECOND);
        assert.ok(again.done && !again.error);
        assert.equal(other.session.session, null);
    });
}

test("SignOut_SessionWasOverAlready_Succeeds", async () => {
    const { world, server, tab } = await signedIn();
    server.sessions[0]!.revoked = true;
    const signOut = later(tab.session.signOut());
    await world.pass(SECOND);
    assert.ok(signOut.done && !signOut.error);
    assert.equal(tab.session.session, null);
});

test("SignOut_TouchesAndPeeksOnTheirWay_BringNothingBack", async () => {
    for (let seed = 1; seed <= 200; seed++) {
        const { world, server, browser, tab } = await signedIn({ seed, latency: [1, 900] });
        const tabs = [tab, browser.open(), browser.open(), browser.open()];
        await world.pass(2 * MINUTE);
        for (const each of tabs) {
            world.after(world.random.between(0, 1500), () => each.input());
            world.after(world.random.between(0, 1500), () => each.fire("pageshow", { persisted: true }));
        }
        await world.pass(world.random.between(0, 1500));
        const signOut = later(tab.session.signOut());
        await world.pass(10 * SECOND);
        assert.ok(signOut.done && !signOut.error, `seed ${seed}`);
        assert.ok(!server.isLive(server.sessions[0]!));
        for (const each of tabs) assert.equal(each.session.session, null, `seed ${seed}`);
    }
});

test("SignIn_InOneTab_ReachesTheOthersWithoutACall", async () => {
    const { world, server, browser, tab } = scene();
    const other = browser.open();
    const background = browser.open({}, false);
    const ready = later(background.session.ready);
    await world.pass(SECOND);
    await signIn(world, tab);
    assert.equal(other.session.session?.id, "ses_1");
    assert.equal(ready.value?.id, "ses_1");
    assert.equal(server.count("/session"), 3);
});

test("SignOut_AfterwardsAnotherSignIn_IsASessionOfItsOwn", async () => {
    const { world, browser, tab } = await signedIn();
    const other = browser.open();
    await world.pass(SECOND);
    later(tab.session.signOut());
    await world.pass(SECOND);
    await signIn(world, other);
    assert.equal(tab.session.session?.id, "ses_2");
    assert.deepEqual(tab.types(), ["signed_in", "signed_out", "signed_in"]);
});
