import { Browser, type BrowserOptions, type Tab } from "./browser.js";
import { Server } from "./server.js";
import { World } from "./world.js";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

export interface Scene {
    readonly world: World;
    readonly server: Server;
    readonly browser: Browser;
    readonly tab: Tab;
}

/** A promise whose outcome is looked at later, when simulated time has passed. */
export function later<T>(promise: Promise<T>): { value?: T; error?: any; done: boolean } {
    const outcome: { value?: T; error?: any; done: boolean } = { done: false };
    promise.then(
        (value) => Object.assign(outcome, { value, done: true }),
        (error) => Object.assign(outcome, { error, done: true }),
    );
    return outcome;
}

export function scene(options: BrowserOptions & { seed?: number } = {}): Scene {
    const world = new World(options.seed);
    const server = new Server(world);
    const browser = new Browser(world, server, options);
    return { world, server, browser, tab: browser.open() };
}

/** A scene in which somebody has just signed in. */
export async function signedIn(options: BrowserOptions & { seed?: number; idleTimeout?: number } = {}): Promise<Scene> {
    const made = scene(options);
    if (options.idleTimeout) made.server.idleTimeout = options.idleTimeout;
    await made.world.pass(SECOND);
    await signIn(made.world, made.tab);
    return made;
}

export async function signIn(world: World, tab: Tab): Promise<void> {
    const result = later(tab.session.signIn({ username: "alice", password: "right" }));
    for (let seconds = 0; seconds < 3 || (!result.done && seconds < 30); seconds++) await world.pass(SECOND);
    if (result.value?.status !== "signed_in") throw new Error("not signed in: " + JSON.stringify(result));
}

export function idOf(tab: Tab): string | undefined {
    return tab.session.session?.id;
}
