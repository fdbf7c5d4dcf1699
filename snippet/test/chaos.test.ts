import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tab } from "./simulation/browser.js";
import { idOf, later, MINUTE, scene, SECOND } from "./simulation/signed-in.js";

/** Whatever befalls tabs, machine, network and server: these hold in every run. A failure names its seed. */
for (const keepsCookies of [true, false]) {
    test(`Chaos_${keepsCookies ? "ByCookie" : "ByToken"}_NobodyIsSignedOutWrongly_AndAllLearnTheTruth`, async () => {
        for (let seed = 1; seed <= 150; seed++) await play(seed, keepsCookies);
    });
}

async function play(seed: number, keepsCookies: boolean) {
    const { world, server, browser, tab: first } = scene({ seed, keepsCookies, latency: [1, 1500] });
    const about = `seed ${seed}`;
    const random = world.random;
    server.idleTimeout = [1, 5, 30][seed % 3]! * MINUTE;
    const tabs: Tab[] = [];
    const watch = (tab: Tab) => {
        tabs.push(tab);
        let known: string | undefined;
        tab.session.onChange((event) => {
            if (event.type === "signed_in") known = event.session.id;
            if (event.type !== "signed_out") return;
            const session = server.sessions.find(({ id }) => id === known)!;
            // Another sign-in in this browser takes the cookie's place; what it replaced lives on, but is nobody's.
            const held = !keepsCookies || browser.cookies.get("session") === session.id.replace("ses_", "token-");
            assert.ok(!held || !server.isLive(session), `${about}: signed out (${event.reason}) of a live session`);
        });
    };
    watch(first);

    const deeds: ((tab: Tab) => unknown)[] = [
        (tab) => tab.input(),
        (tab) => tab.input("keydown"),
        (tab) => tab.show(!tab.visible),
        (tab) => tab.fire("focus"),
        (tab) => (tab.frozen ? tab.thaw() : tab.freeze()),
        (tab) => (tab.fire("pagehide", { persisted: true }), tab.fire("pageshow", { persisted: true })),
        (tab) => later(tab.session.touch()),
        (tab) => random.next() < 0.3 && later(tab.session.signOut()),
        (tab) => later(tab.session.signIn({ username: "alice", password: random.next() < 0.7 ? "right" : "wrong" })),
        () => tabs.length < 4 && watch(browser.open({}, random.next() < 0.7)),
        () => (server.outage = [undefined, { status: 0 }, { status: 503, retryAfter: 5 }, { status: 429 }, { status: 401, body: {} }][random.below(5)]),
        () => (server.outage = undefined),
        () => random.next() < 0.3 && browser.sleep(random.between(0, 40 * MINUTE), random.next() < 0.5),
        () => random.next() < 0.3 && (browser.clockAhead = random.between(-1, 1) * 600 * MINUTE),
        () => random.next() < 0.1 && server.sessions.forEach((session) => (session.revoked = true)),
    ];
    for (let turn = 0; turn < 150; turn++) {
        deeds[random.below(deeds.length)]!(tabs[random.below(tabs.length)]!);
        await world.pass(random.next() < 0.8 ? random.between(0, 3 * SECOND) : random.between(0, 2 * MINUTE));
    }

    server.outage = undefined;
    for (const tab of tabs) {
        tab.thaw();
        if (!tab.visible) tab.show(true);
    }
    await world.pass(server.idleTimeout + 10 * MINUTE);
    for (const tab of tabs) {
        assert.equal(idOf(tab), undefined, `${about}: still signed in after the end`);
        assert.deepEqual(tab.storage, {}, `${about}: a token is left`);
    }
    assert.equal(server.sessions.filter((session) => server.isLive(session)).length, 0, about);
}
