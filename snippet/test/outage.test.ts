import assert from "node:assert/strict";
import { test } from "node:test";
import { later, MINUTE, scene, SECOND, signedIn } from "./simulation/signed-in.js";

test("Outage_OfHalfAMinute_IsToldAndSignsNobodyOut", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(5 * MINUTE);
    server.outage = { status: 0 };
    tab.input();
    await world.pass(30 * SECOND);
    assert.deepEqual(tab.types(), ["signed_in", "unavailable"]);
    assert.equal(tab.session.session?.id, "ses_1");
    server.outage = undefined;
    await world.pass(MINUTE);
    assert.deepEqual(tab.types(), ["signed_in", "unavailable", "extended", "available"].sort((a, b) => order(a) - order(b)));
    assert.equal(server.touches().length, 1);
});

const order = (type: string) => ["signed_in", "unavailable", "available", "extended"].indexOf(type);

test("Outage_PastTheIdleEnd_SignsNobodyOutUntilTheServerSaysSo", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(5 * MINUTE);
    server.outage = { status: 503 };
    await world.pass(60 * MINUTE);
    assert.equal(tab.session.session?.id, "ses_1");
    assert.deepEqual(tab.types(), ["signed_in", "unavailable", "expiring"]);
    server.outage = undefined;
    await world.pass(6 * MINUTE);
    assert.deepEqual(tab.events.slice(-2), [{ type: "available" }, { type: "signed_out", reason: "expired" }]);
});

test("Outage_OneLostCall_IsNotTold", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(5 * MINUTE);
    server.outage = { status: 0 };
    tab.input();
    await world.pass(250);
    server.outage = undefined;
    await world.pass(10 * SECOND);
    assert.deepEqual(tab.types(), ["signed_in", "extended"]);
});

for (const body of [undefined, { code: "invalid_token" }, "<html>"]) {
    test(`Refusal_401ThatIsNotOurs${JSON.stringify(body)}_EndsNoSession`, async () => {
        const { world, server, tab } = await signedIn();
        await world.pass(2 * MINUTE);
        server.outage = { status: 401, body };
        tab.input();
        await world.pass(10 * SECOND);
        assert.equal(tab.session.session?.id, "ses_1");
        assert.equal(tab.types().at(-1), "unavailable");
    });
}

for (const status of [200, 204, 302, 403, 404, 500, 502]) {
    test(`Answer_${status}WithoutASession_EndsNoSession`, async () => {
        const { world, server, tab } = await signedIn();
        await world.pass(2 * MINUTE);
        server.outage = { status, body: { code: "ip_not_allowed" } };
        tab.input();
        await world.pass(10 * SECOND);
        assert.equal(tab.session.session?.id, "ses_1");
        assert.deepEqual(tab.events.at(-1), { type: "unavailable", code: "ip_not_allowed" });
    });
}

for (const status of [429, 503]) {
    test(`BackOff_${status}WithRetryAfter_WaitsAsLongAndSpreads`, async () => {
        const gaps: number[] = [];
        for (let seed = 1; seed <= 40; seed++) {
            const { world, server, tab } = await signedIn({ seed });
            await world.pass(2 * MINUTE);
            server.calls.length = 0;
            server.outage = { status, retryAfter: 20 };
            tab.input();
            await world.pass(50 * SECOND);
            gaps.push(server.calls[1]!.at - server.calls[0]!.at);
        }
        assert.ok(Math.min(...gaps) >= 20 * SECOND, String(Math.min(...gaps)));
        assert.ok(Math.max(...gaps) - Math.min(...gaps) > SECOND, "all at the same time");
    });
}

test("BackOff_LongOutage_AsksLessAndLess", async () => {
    const { world, server, tab } = scene({ seed: 7 });
    server.outage = { status: 503 };
    await world.pass(60 * MINUTE);
    const first = server.calls.filter((call) => call.at < 1_000_000 + 10 * MINUTE).length;
    assert.ok(first < 20, String(first));
    assert.ok(server.calls.length >= 20 && server.calls.length < 60, String(server.calls.length));
    assert.equal(tab.types().filter((type) => type === "unavailable").length, 1);
});

test("BackOff_RetryAfterOfAYear_IsBounded", async () => {
    const { world, server, tab } = scene();
    server.outage = { status: 503, retryAfter: 31_536_000 };
    const ready = later(tab.session.ready);
    await world.pass(MINUTE);
    server.outage = undefined;
    await world.pass(61 * MINUTE);
    assert.equal(ready.value, null);
});

test("BackOff_NetworkIsBack_AsksAtOnceButHonoursRetryAfter", async () => {
    const { world, server, tab } = scene({ seed: 3 });
    server.outage = { status: 0 };
    const ready = later(tab.session.ready);
    await world.pass(20 * MINUTE);
    server.outage = { status: 503, retryAfter: 60 };
    tab.fire("online");
    await world.pass(SECOND);
    const asked = server.calls.length;
    assert.equal(asked, 1);
    tab.fire("online");
    await world.pass(SECOND);
    assert.equal(server.calls.length, asked);
    server.outage = undefined;
    await world.pass(58 * SECOND);
    assert.ok(!ready.done);
    tab.fire("online");
    await world.pass(3 * SECOND);
    assert.equal(ready.value, null);
});

test("BackOff_HiddenTab_DoesNotAsk", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(28 * MINUTE);
    server.outage = { status: 503 };
    await world.pass(2 * MINUTE);
    tab.show(false);
    server.calls.length = 0;
    await world.pass(30 * MINUTE);
    assert.equal(server.calls.length, 0);
});

test("Ready_ServerAwayAtLoad_WaitsAndNeverRejects", async () => {
    const { world, server, tab } = scene();
    server.outage = { status: 0 };
    const ready = later(tab.session.ready);
    await world.pass(MINUTE);
    assert.ok(!ready.done);
    assert.deepEqual(tab.types(), ["unavailable"]);
    server.outage = undefined;
    await world.pass(5 * MINUTE);
    assert.equal(ready.value, null);
    assert.deepEqual(tab.types(), ["unavailable", "available"]);
});

test("Ready_OriginNotProven_SaysOnceWhatMayBeWrong", async () => {
    const { world, server, tab } = scene();
    server.outage = { status: 0 };
    await world.pass(30 * MINUTE);
    assert.equal(tab.warnings.length, 1);
    assert.match(tab.warnings[0]!, /https:\/\/a\.test.*proven for snp_1/);
});

test("Answer_NeverComes_CountsAsOutage", async () => {
    const { world, server, browser, tab } = await signedIn({ latency: [1, 10] });
    await world.pass(2 * MINUTE);
    (browser.options as any).latency = [10 * MINUTE, 10 * MINUTE];
    tab.input();
    await world.pass(30 * SECOND);
    assert.equal(tab.types().at(-1), "unavailable");
    (browser.options as any).latency = [1, 10];
    tab.input();
    await world.pass(30 * SECOND);
    assert.ok(server.touches().length >= 1);
    assert.ok(tab.types().includes("available"));
});

test("Touch_CalledInAnOutage_RejectsAndGoesOnTrying", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(2 * MINUTE);
    server.outage = { status: 503, retryAfter: 5, body: { code: "busy", title: "The service is busy." } };
    const touch = later(tab.session.touch());
    await world.pass(SECOND);
    assert.equal(touch.error.code, "busy");
    assert.equal(touch.error.message, "The service is busy.");
    assert.equal(touch.error.retryAfter, 5);
    server.outage = undefined;
    await world.pass(10 * SECOND);
    assert.equal(server.touches().length, 1);
});

test("Touch_CalledWhenTheNetworkIsBack_DoesNotWaitForTheBackOff", async () => {
    for (let seed = 1; seed <= 20; seed++) {
        const { world, server, tab } = await signedIn({ seed });
        await world.pass(2 * MINUTE);
        server.outage = { status: 0 };
        tab.input();
        await world.pass(10 * MINUTE);
        server.outage = undefined;
        const touch = later(tab.session.touch());
        await world.pass(SECOND);
        assert.equal(touch.value?.lastActivityAt, new Date(server.touches()[0]!).toISOString());
    }
});

test("Outage_UserActiveMeanwhile_IsToldSoonAfterwards", async () => {
    for (let seed = 1; seed <= 20; seed++) {
        const { world, server, tab } = await signedIn({ seed, idleTimeout: MINUTE });
        server.outage = { status: 503 };
        for (let seconds = 0; seconds < 35; seconds++) {
            tab.input();
            await world.pass(SECOND);
        }
        server.outage = undefined;
        tab.input();
        await world.pass(21 * SECOND);
        assert.equal(server.touches().length, 1);
        assert.ok(tab.session.session);
    }
});

test("Touch_RetriedForTooLong_IsDropped", async () => {
    const { world, server, tab } = await signedIn();
    await world.pass(2 * MINUTE);
    server.outage = { status: 503 };
    tab.input();
    await world.pass(5 * MINUTE);
    server.outage = undefined;
    await world.pass(6 * MINUTE);
    assert.equal(server.touches().length, 0);
    assert.ok(tab.types().includes("available"));
});

test("Listener_Throws_OthersHearAndTheFaultIsThePages", async () => {
    const { world, tab } = scene();
    const thrown = new Error("the page's own");
    tab.session.onChange(() => {
        throw thrown;
    });
    const heard: string[] = [];
    tab.session.onChange((event) => heard.push(event.type));
    await world.pass(SECOND);
    later(tab.session.signIn({ username: "alice", password: "right" }));
    await assert.rejects(world.pass(3 * SECOND), thrown);
    assert.deepEqual(heard, ["signed_in"]);
});

test("OnChange_ListenerRemoved_HearsNoMore", async () => {
    const { world, tab } = scene();
    const heard: string[] = [];
    const remove = tab.session.onChange((event) => heard.push(event.type));
    remove();
    later(tab.session.signIn({ username: "alice", password: "right" }));
    await world.pass(3 * SECOND);
    assert.deepEqual(heard, []);
    assert.deepEqual(tab.types(), ["signed_in"]);
});
