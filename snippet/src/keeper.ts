import { errorOf, isSessionOver, sessionOf, type Call } from "./api.js";
import { createAvailability } from "./availability.js";
import type { Environment } from "./environment.js";
import { lastActivityOf, lifetimeOf, type Lifetime } from "./lifetime.js";
import type { Settings } from "./settings.js";
import { createTabs, type TabMessage } from "./tabs.js";
import type { TokenStore } from "./token-store.js";
import type { Session, SessionEvent, SignedOutReason } from "./types.js";

/** Knows the session, and keeps it alive while its user is active. */
export interface Keeper {
    readonly session: Session | null;
    readonly ready: Promise<Session | null>;
    /** Does what is due now, and comes back when something else will be. */
    step(): void;
    noteActivity(): void;
    /** The user came back to this tab, or the tab itself came back. */
    resume(restored: boolean): void;
    leave(): void;
    /** The network is back. */
    retry(): void;
    touch(): Promise<Session | null>;
    signedIn(session: Session): void;
    signOut(): Promise<void>;
}

const SECOND = 1000;
/** What is known and older than this is asked anew when the user comes back. */
const STALE_AFTER = 60 * SECOND;
/** The wall clock ran this far ahead of the monotonic one: the machine slept, or its clock was set. */
const SLEEP_GAP = 5 * SECOND;
/** Between two calls to a server that does not answer, where there is no session. With one, as long as between two touches. */
const LONGEST_WAIT = 300 * SECOND;
const SLEEP_CHECK = 30 * SECOND;

export function createKeeper(
    environment: Environment,
    settings: Settings,
    call: Call,
    token: TokenStore,
    emit: (event: SessionEvent) => void,
): Keeper {
    const now = () => environment.performance.now();
    const wall = () => environment.Date.now();
    const visible = () => environment.document.visibilityState === "visible" && !environment.document.prerendering;
    const tabs = createTabs(environment, settings.snippet, hear);
    const server = createAvailability(environment, settings.snippet, emit);

    let life: Lifetime | undefined;
    let overId: string | undefined;
    // Counts the sessions that came and went: an answer to a call of an earlier one says nothing about now.
    let generation = 0;
    // What is known has to be confirmed by the server.
    let doubtful = true;
    // There is activity that no touch has told the server; the latest of it; what keeps two tabs apart that have no lock.
    let pending = false;
    let activeAt = 0;
    let jitter = 0;
    let warned = false;
    let running: Promise<void> | undefined;
    let otherTabTouchesUntil = 0;
    let timer: unknown;
    let clockGap = wall() - now();
    let receivedWall = 0;
    let markReady: (session: Session | null) => void;
    const ready = new Promise<Session | null>((resolve) => (markReady = resolve));

    /** `covered`: activity until then is in what the server knows. */
    function adopt(session: Session, receivedAt: number, covered?: number) {
        const before = life?.session;
        // What was asked earlier was answered later.
        if (before?.id === session.id && lastActivityOf(session) < lastActivityOf(before)) return;
        life = lifetimeOf(session, receivedAt, settings);
        receivedWall = wall() - now() + receivedAt;
        doubtful = false;
        if (activeAt <= (covered ?? life.touchedAt - SECOND)) pending = false;
        if (before?.id !== session.id) {
            generation++;
            warned = pending = false;
            emit({ type: "signed_in", session });
        } else if (lastActivityOf(session) > lastActivityOf(before)) {
            warned = false;
            emit({ type: "extended", session });
        }
        if (before?.id === session.id && rightsOf(before) !== rightsOf(session)) emit({ type: "updated", session });
        markReady(session);
    }

    function end(reason: SignedOutReason) {
        generation++;
        doubtful = pending = false;
        token.set(undefined);
        if (life) {
            overId = life.session.id;
            life = undefined;
            emit({ type: "signed_out", reason });
        }
        markReady(null);
    }

    function postSession() {
        if (life) tabs.post({ session: life.session, at: wall(), byCookie: !token.get() });
    }

    function endEverywhere(reason: SignedOutReason) {
        const id = life?.session.id;
        end(reason);
        if (id) tabs.post({ over: id, reason });
    }

    function hear(message: TabMessage) {
        const known = life?.session;
        if ("over" in message) {
            if (message.over === known?.id) end(message.reason);
        } else if (concernsThisTab(message.session, message.byCookie, known)) {
            adopt(message.session, now() - Math.max(0, wall() - message.at));
            server.answered();
        }
        step();
    }

    // All tabs of a site share the cookie's session; one by token is this tab's own.
    function concernsThisTab(session: Session, byCookie: boolean, known: Session | undefined) {
        if (session.id === known?.id) return true;
        const newer = !known || Date.parse(session.createdAt) > Date.parse(known.createdAt);
        return byCookie && !token.get() && session.id !== overId && newer;
    }

    async function ask(touch: boolean): Promise<void> {
        const asked = generation;
        const sentAt = now();
        const answer = await call(touch ? "/session/touch" : "/session", touch ? { method: "POST" } : {});
        const session = sessionOf(answer);
        const over = isSessionOver(answer);
        if (session || over) {
            server.answered();
        } else {
            server.failed(answer, life ? life.touchEvery : LONGEST_WAIT);
            doubtful = true;
        }
        if (asked !== generation) return;
        if (session) {
            adopt(session, now(), touch ? sentAt : undefined);
            postSession();
        } else if (over) {
            endEverywhere(isPastEnd() ? "expired" : "ended");
        }
    }

    async function askForTouch(): Promise<void> {
        const mine = await tabs.exclusively(async () => {
            if (isTouchDue()) await ask(true);
        });
        otherTabTouchesUntil = mine ? 0 : now() + SECOND;
    }

    // By either clock: the monotonic one may have stood still while the machine slept.
    function isPastEnd() {
        return !!life && Math.max(now(), life.receivedAt + wall() - receivedWall) >= life.endsAt - SECOND;
    }

    function touchDueAt() {
        return life && pending ? life.touchedAt + life.touchEvery + jitter : Infinity;
    }

    function isTouchDue() {
        return now() >= touchDueAt();
    }

    // Before it warns, and at the end, it asks: another tab may have been active without this one's knowledge.
    function isPeekDue(at: number) {
        if (!visible()) return false;
        return doubtful || (!!life && (at >= life.endsAt + SECOND || (isWarningDue(at) && at > life.receivedAt + SECOND)));
    }

    function isWarningDue(at: number) {
        return !!life && !warned && at >= life.warnAt;
    }

    function noticeSleep() {
        const gap = wall() - now();
        if (gap - clockGap > SLEEP_GAP) {
            doubtful ||= !!life;
            // It was before the sleep: a touch now would tell of activity that is none.
            pending = false;
        }
        clockGap = gap;
    }

    function step() {
        environment.clearTimeout(timer);
        noticeSleep();
        const at = now();
        // Retried in an outage, or held up in a frozen tab: too late to tell of activity.
        if (life && at - activeAt > 2 * life.touchEvery) pending = false;
        if (!running && at >= server.notBefore) {
            const work = isTouchDue() && at >= otherTabTouchesUntil ? askForTouch() : isPeekDue(at) ? ask(false) : undefined;
            running = work?.then(() => {
                running = undefined;
                step();
            });
        }
        if (!running && isWarningDue(at)) {
            warned = true;
            emit({ type: "expiring", expiresIn: Math.max(0, Math.floor((life!.endsAt - at) / SECOND)), end: life!.end });
        }
        wait(at);
    }

    function wait(at: number) {
        const dues = [server.notBefore, otherTabTouchesUntil, touchDueAt()];
        if (life) {
            if (!warned) dues.push(life.warnAt);
            if (visible()) dues.push(life.endsAt + SECOND, at + SLEEP_CHECK);
        }
        const next = Math.min(...dues.filter((due) => due > at));
        if (next < Infinity) timer = environment.setTimeout(step, Math.ceil(next - at));
    }

    function noteActivity() {
        noticeSleep();
        if (!life) return;
        activeAt = now();
        if (!pending) {
            pending = true;
            jitter = environment.navigator.locks ? 0 : 2 * SECOND * environment.Math.random();
            step();
        }
    }

    tabs.open();

    return {
        get session() {
            return life ? life.session : null;
        },
        ready,
        step,
        noteActivity,
        resume(restored) {
            if (restored) tabs.open();
            if (restored || (life && now() - life.receivedAt > STALE_AFTER)) doubtful = true;
            step();
        },
        leave: tabs.close,
        retry() {
            server.cutShort();
            step();
        },
        async touch() {
            await ready;
            noteActivity();
            server.cutShort();
            step();
            await running;
            // What ran was a peek.
            step();
            await running;
            if (server.failure && isTouchDue()) throw errorOf(server.failure);
            return this.session;
        },
        signedIn(session) {
            adopt(session, now(), now());
            server.answered();
            postSession();
            step();
        },
        async signOut() {
            const asked = generation;
            const answer = await call("/sign-out", { method: "POST" });
            if (answer.status !== 204 && !isSessionOver(answer)) throw errorOf(answer);
            if (asked === generation) return endEverywhere("sign_out");
            // Somebody signed in meanwhile, and the browser may have dropped that cookie.
            doubtful = true;
            step();
        },
    };
}

function rightsOf(session: Session) {
    return session.username + session.permissions;
}
