import { connectIn } from "../../src/connect.js";
import type { Channel, Environment } from "../../src/environment.js";
import type { PlatformSession, SessionEvent } from "../../src/types.js";
import type { Reply, Server } from "./server.js";
import type { World } from "./world.js";

export interface BrowserOptions {
    readonly keepsCookies?: boolean;
    readonly broadcasts?: boolean;
    readonly locks?: boolean;
    readonly storage?: boolean;
    /** Milliseconds a call or its answer is under way. */
    readonly latency?: [number, number];
    readonly lockLatency?: number;
    readonly settings?: { warnBefore?: number; touchEvery?: number };
}

/** One browser of one user on one machine, with the tabs of one site. */
export class Browser {
    readonly tabs: Tab[] = [];
    readonly cookies = new Map<string, string>();
    readonly channels: FakeChannel[] = [];
    readonly heldLocks = new Set<string>();
    /** What the machine's clock is ahead of the server's. */
    clockAhead = 0;
    /** Milliseconds that answers take from now on, whatever the options say. */
    answersTake: number | undefined;
    /** What the monotonic clock has lost to sleep. */
    slept = 0;

    constructor(
        readonly world: World,
        readonly server: Server,
        readonly options: BrowserOptions = {},
    ) {}

    open(storage: Record<string, string> = {}, visible = true, prerendering = false): Tab {
        const tab = new Tab(this, storage, visible, prerendering);
        this.tabs.push(tab);
        return tab;
    }

    sleep(duration: number, clockStops = true): void {
        this.world.sleep(duration, clockStops);
        if (clockStops) this.slept += duration;
    }
}

export class FakeChannel implements Channel {
    onmessage: ((event: MessageEvent) => void) | null = null;

    constructor(
        private readonly browser: Browser,
        private readonly tab: Tab,
        readonly name: string,
    ) {
        browser.channels.push(this);
    }

    postMessage(message: unknown): void {
        const data = structuredClone(message);
        for (const other of this.browser.channels) {
            if (other === this || other.name !== this.name) continue;
            this.browser.world.after(this.browser.world.random.between(0, 30), () => {
                if (this.browser.channels.includes(other)) other.tab.whenThawed(() => other.onmessage?.({ data } as MessageEvent));
            });
        }
    }

    close(): void {
        this.browser.channels.splice(this.browser.channels.indexOf(this), 1);
    }
}

export class Tab {
    readonly session: PlatformSession;
    readonly events: SessionEvent[] = [];
    readonly warnings: string[] = [];
    readonly environment: Environment;
    private readonly listeners = new Map<string, ((event: Event) => void)[]>();
    private readonly waiting: (() => void)[] = [];
    private readonly bornAt: number;
    private closed = false;
    frozen = false;
    prerendering: boolean;

    constructor(
        private readonly browser: Browser,
        readonly storage: Record<string, string>,
        public visible: boolean,
        prerendering: boolean,
    ) {
        this.prerendering = prerendering;
        this.bornAt = browser.world.time - browser.slept;
        this.environment = this.createEnvironment();
        this.session = connectIn(this.environment, "https://api.test", {
            snippet: "snp_1",
            version: 3,
            warnBefore: browser.options.settings?.warnBefore ?? 120,
            touchEvery: browser.options.settings?.touchEvery ?? 60,
        });
        this.session.onChange((event) => this.events.push(event));
    }

    types(): string[] {
        return this.events.map((event) => event.type);
    }

    /** The user moves the pointer, presses a key, … */
    input(type = "pointermove", trusted = true): void {
        this.fire(type, { type, isTrusted: trusted, movementX: 1, movementY: 1 });
    }

    fire(type: string, event: object = {}): void {
        for (const listener of this.listeners.get(type) ?? []) listener({ type, ...event } as Event);
    }

    show(visible: boolean): void {
        this.visible = visible;
        this.fire("visibilitychange");
    }

    freeze(): void {
        this.frozen = true;
    }

    thaw(): void {
        this.frozen = false;
        for (const run of this.waiting.splice(0)) run();
    }

    whenThawed(run: () => void): void {
        if (this.frozen) this.waiting.push(run);
        else if (!this.closed) run();
    }

    close(): void {
        this.fire("pagehide", { persisted: false });
        this.closed = true;
    }

    private createEnvironment(): Environment {
        const { world, options } = this.browser;
        const listen = (type: string, listener: (event: Event) => void) => {
            this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
        };
        const tab = this;
        return {
            fetch: (url, init) => this.send(url, init),
            setTimeout: (callback, delay) => world.after(delay, () => this.whenThawed(callback)),
            clearTimeout: (timer) => world.cancel(timer as number),
            addEventListener: listen,
            performance: { now: () => world.time - this.browser.slept - this.bornAt },
            Date: { now: () => world.time + this.browser.clockAhead },
            Math: { random: () => world.random.next() },
            document: {
                get visibilityState() {
                    return tab.visible ? "visible" : "hidden";
                },
                get prerendering() {
                    return tab.prerendering;
                },
                addEventListener: listen,
            },
            navigator: options.locks === false ? {} : { locks: { request: (name, _, callback) => this.lock(name, callback) } },
            ...(options.broadcasts === false ? {} : { BroadcastChannel: this.channelClass() }),
            sessionStorage: this.storageObject(options.storage !== false),
            console: { warn: (text) => void this.warnings.push(text) },
            location: { origin: "https://a.test" },
        };
    }

    private channelClass(): new (name: string) => Channel {
        const browser = this.browser;
        const tab = this;
        return class extends FakeChannel {
            constructor(name: string) {
                super(browser, tab, name);
            }
        };
    }

    private storageObject(allowed: boolean): Environment["sessionStorage"] {
        const check = () => {
            if (!allowed) throw new Error("SecurityError");
        };
        return {
            getItem: (key) => (check(), this.storage[key] ?? null),
            setItem: (key, value) => (check(), void (this.storage[key] = value)),
            removeItem: (key) => (check(), void delete this.storage[key]),
        };
    }

    private async lock(name: string, callback: (lock: unknown) => Promise<void>): Promise<void> {
        const held = this.browser.heldLocks;
        const { world, options } = this.browser;
        await new Promise<void>((asked) => world.after(options.lockLatency ?? world.random.between(0, 10), asked));
        if (held.has(name)) return callback(null);
        held.add(name);
        try {
            await callback({ name });
        } finally {
            held.delete(name);
        }
    }

    private send(url: string, init: RequestInit): Promise<Response> {
        const { world, server, options, cookies } = this.browser;
        const [low, high] = options.latency ?? [1, 200];
        const { answersTake } = this.browser;
        return new Promise((resolve, reject) => {
            init.signal!.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
            world.after(world.random.between(low, high), () => {
                if (server.outage?.status === 0) return reject(new TypeError("Failed to fetch"));
                const headers = init.headers as Record<string, string>;
                const reply = server.answer({
                    method: init.method!,
                    path: new URL(url).pathname.replace("/v1/snippets/snp_1", ""),
                    body: init.body ? JSON.parse(init.body as string) : {},
                    bearer: headers.Authorization?.replace("Bearer ", ""),
                    cookies: init.credentials === "include" ? new Map(cookies) : undefined,
                });
                if (init.credentials === "include" && options.keepsCookies !== false) keep(cookies, reply);
                world.after(answersTake ?? world.random.between(low, high), () => this.whenThawed(() => resolve(responseOf(reply))));
            });
        });
    }
}

function keep(cookies: Map<string, string>, reply: Reply): void {
    for (const [name, value] of Object.entries(reply.setCookies ?? {})) {
        if (value === undefined) cookies.delete(name);
        else cookies.set(name, value);
    }
}

function responseOf(reply: Reply): Response {
    return {
        status: reply.status,
        headers: { get: (name: string) => (name === "Retry-After" && reply.retryAfter ? String(reply.retryAfter) : null) },
        json: async () => {
            if (reply.body === undefined) throw new SyntaxError("no content");
            return structuredClone(reply.body);
        },
    } as unknown as Response;
}
