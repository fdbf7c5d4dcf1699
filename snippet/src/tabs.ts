import type { Channel, Environment } from "./environment.js";
import type { Session, SignedOutReason } from "./types.js";

/** What tabs of one site tell each other. The channel's name has a version: tabs may run different bodies of the script. */
export type TabMessage =
    | { readonly session: Session; readonly at: number; readonly byCookie: boolean }
    | { readonly over: string; readonly reason: SignedOutReason };

export interface Tabs {
    open(): void;
    close(): void;
    post(message: TabMessage): void;
    /** Runs the work unless another tab is running such work; `false` then. */
    exclusively(work: () => Promise<void>): Promise<boolean>;
}

/** A holder of the lock that has posted nothing for so long is frozen: a touch takes ten seconds at most. */
const FROZEN_AFTER = 15_000;
/** Longer than a message takes: whoever gets the lock next has heard what its last holder posted. */
const HEARD_AFTER = 100;

/** Without BroadcastChannel each tab stands alone, and learns at its next call; without Web Locks two tabs may touch in the same instant. */
export function createTabs(environment: Environment, snippet: string, onMessage: (message: TabMessage) => void): Tabs {
    const name = "platform-session:1:" + snippet;
    let channel: Channel | undefined;
    let deniedSince = 0;
    let deniedAt = -Infinity;

    // Denied once and, much later, once more is no sign: whoever waits asks again every second.
    function isHolderFrozen() {
        const now = environment.performance.now();
        if (now - deniedAt > 3000) deniedSince = now;
        deniedAt = now;
        return now - deniedSince > FROZEN_AFTER;
    }

    return {
        open() {
            channel ||= environment.BroadcastChannel && new environment.BroadcastChannel(name);
            if (channel) channel.onmessage = (event) => onMessage(event.data as TabMessage);
        },
        close() {
            channel?.close();
            channel = undefined;
        },
        post: (message) => channel?.postMessage(message),
        exclusively: (work) =>
            new Promise((resolve) => {
                let begun = false;
                const run = () => ((begun = true), work().then(() => resolve(true)));
                const locks = environment.navigator.locks;
                if (!locks) return void run();
                locks
                    .request(name, { ifAvailable: true }, async (lock) => {
                        if (!lock && !isHolderFrozen()) return resolve(false);
                        await run();
                        await new Promise<void>((released) => environment.setTimeout(released, HEARD_AFTER));
                    })
                    // An opaque origin has no locks.
                    .catch(() => void (begun || run()));
            }),
    };
}
