import { createRandom, type Random } from "./random.js";

interface Timer {
    readonly at: number;
    readonly order: number;
    readonly run: () => void;
}

/** Time as the server knows it, in milliseconds, and everything that waits for it. Nothing here takes real time. */
export class World {
    time = 1_000_000;
    readonly random: Random;
    private readonly timers = new Map<number, Timer>();
    private order = 0;

    constructor(seed = 1) {
        this.random = createRandom(seed);
    }

    after(delay: number, run: () => void): number {
        const order = ++this.order;
        this.timers.set(order, { at: this.time + Math.max(0, delay), order, run });
        return order;
    }

    cancel(timer: number): void {
        this.timers.delete(timer);
    }

    /** Time passes; whatever is due happens when it is due. */
    async pass(duration: number): Promise<void> {
        const until = this.time + duration;
        await settled();
        for (let timer = this.next(until); timer; timer = this.next(until)) {
            this.timers.delete(timer.order);
            this.time = Math.max(this.time, timer.at);
            timer.run();
            await settled();
        }
        this.time = until;
        await settled();
    }

    /** Time passes while nothing here runs. What was due meanwhile is late, or has as long to go as before where the monotonic clock stood still. */
    sleep(duration: number, clockStops: boolean): void {
        this.time += duration;
        if (!clockStops) return;
        for (const [order, timer] of this.timers) this.timers.set(order, { ...timer, at: timer.at + duration });
    }

    private next(until: number): Timer | undefined {
        let first: Timer | undefined;
        for (const timer of this.timers.values()) {
            if (timer.at <= until && (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))) first = timer;
        }
        return first;
    }
}

/** All promises that can settle have settled. */
export function settled(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}
