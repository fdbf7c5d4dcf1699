import type { Settings } from "./settings.js";
import type { Session } from "./types.js";

/** A session in the page's monotonic clock, in milliseconds. */
export interface Lifetime {
    readonly session: Session;
    readonly receivedAt: number;
    /** Never before the server's last touch, so that tabs that count from here send no touch too early. */
    readonly touchedAt: number;
    readonly touchEvery: number;
    readonly warnAt: number;
    /** At most one second before the server's end. */
    readonly endsAt: number;
    readonly end: "idle" | "absolute";
}

export function lifetimeOf(session: Session, receivedAt: number, settings: Settings): Lifetime {
    const idleEnd = Date.parse(session.idleExpiresAt);
    const window = idleEnd - lastActivityOf(session);
    // The server ends no idle clock after the absolute one; the timeout itself shows only before that.
    const absolute = idleEnd >= Date.parse(session.absoluteExpiresAt);
    const idleTimeout = absolute ? Infinity : window;
    const endsAt = receivedAt + Math.min(session.idleExpiresIn, session.absoluteExpiresIn) * 1000;
    return {
        session,
        receivedAt,
        touchedAt: receivedAt - Math.max(0, window - session.idleExpiresIn * 1000 - 1000),
        touchEvery: Math.min(settings.touchEvery * 1000, idleTimeout / 3),
        warnAt: settings.warnBefore ? endsAt - Math.min(settings.warnBefore * 1000, idleTimeout / 2) : Infinity,
        endsAt,
        end: absolute ? "absolute" : "idle",
    };
}

export function lastActivityOf(session: Session): number {
    return Date.parse(session.lastActivityAt);
}
