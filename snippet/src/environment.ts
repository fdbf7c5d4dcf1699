/** What the script needs of a browser. `window` is one; tests have their own, with a clock, a network and tabs that they control. */
export interface Environment {
    fetch(url: string, init: RequestInit): Promise<Response>;
    setTimeout(callback: () => void, delay: number): unknown;
    clearTimeout(timer: unknown): void;
    addEventListener(type: string, listener: (event: Event) => void, options?: AddEventListenerOptions): void;
    readonly performance: { now(): number };
    readonly Date: { now(): number };
    readonly Math: { random(): number };
    readonly document: {
        readonly visibilityState: string;
        readonly prerendering?: boolean;
        addEventListener(type: string, listener: () => void): void;
    };
    readonly navigator: { readonly locks?: Locks };
    readonly BroadcastChannel?: new (name: string) => Channel;
    /** Throws where the browser refuses storage. */
    readonly sessionStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
    readonly console: { warn(text: string): void };
    readonly location: { readonly origin: string };
}

export interface Channel {
    onmessage: ((event: MessageEvent) => void) | null;
    postMessage(message: unknown): void;
    close(): void;
}

export interface Locks {
    request(name: string, options: { ifAvailable: true }, callback: (lock: unknown) => Promise<void>): Promise<unknown>;
}
