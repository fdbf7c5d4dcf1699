/** A live session. Times are the server's: show them, but do not compare them with the clock of the page, which may be wrong. */
export interface Session {
    readonly id: string;
    readonly tenantId: string;
    readonly userId: string;
    readonly username: string;
    readonly permissions: readonly string[];
    readonly createdAt: string;
    readonly lastActivityAt: string;
    readonly idleExpiresAt: string;
    readonly absoluteExpiresAt: string;
    readonly authenticationMethods: readonly string[];
    /** Whole seconds that were left when the server answered. */
    readonly idleExpiresIn: number;
    /** Whole seconds that were left when the server answered. */
    readonly absoluteExpiresIn: number;
}
/** Why a session is over: signed out in a tab of this site, a timeout, or anything else (revoked, account disabled, password changed, …). */
export type SignedOutReason = "sign_out" | "expired" | "ended";
export type SessionEvent = {
    readonly type: "signed_in";
    readonly session: Session;
} | {
    readonly type: "signed_out";
    readonly reason: SignedOutReason;
}
/** Activity, here or in another tab, moved the idle end. A warning on display can go. */
 | {
    readonly type: "extended";
    readonly session: Session;
}
/** Permissions or user name changed. */
 | {
    readonly type: "updated";
    readonly session: Session;
}
/** The session ends in `expiresIn` seconds. Activity averts an `idle` end, nothing averts an `absolute` one. */
 | {
    readonly type: "expiring";
    readonly expiresIn: number;
    readonly end: "idle" | "absolute";
}
/** The server does not answer. The session is neither over nor confirmed; the script goes on asking. */
 | {
    readonly type: "unavailable";
    readonly code: string;
} | {
    readonly type: "available";
};
export type SecondFactorMethod = "totp" | "sms" | "recovery_code";
export type SignInResult = {
    readonly status: "signed_in";
    readonly session: Session;
} | {
    readonly status: "second_factor_required";
    readonly methods: readonly SecondFactorMethod[];
    readonly expiresAt: string;
    /** Sends the code to the user's phone; only where `methods` has `sms`. */
    sendSms(): Promise<void>;
    /** Rejects with `invalid_code` where the code is wrong or the challenge is over. */
    confirm(method: SecondFactorMethod, code: string): Promise<SignInResult>;
}
/** A page cannot do these. The user has to sign in at the tenant's own sign-in once. */
 | {
    readonly status: "second_factor_enrolment_required" | "password_change_required";
};
export interface Credentials {
    readonly username: string;
    readonly password: string;
}
/** What `signIn`, `signOut` and `touch` reject with. */
export interface SessionError extends Error {
    /** `invalid_credentials`, `invalid_code`, `ip_not_allowed`, `too_many_attempts`, …; `unavailable` where no answer came that is understood. */
    readonly code: string;
    /** Seconds to wait, where the server said so. */
    readonly retryAfter?: number;
}
export interface PlatformSession {
    /** Version of the snippet that this script was published with; `undefined` in the npm package. */
    readonly version: number | undefined;
    /** Resolves once the server has said whether somebody is signed in. Never rejects; waits through an outage and until the tab is visible. */
    readonly ready: Promise<Session | null>;
    /** The session as known now; `null` where nobody is signed in or nothing is known yet. */
    readonly session: Session | null;
    signIn(credentials: Credentials): Promise<SignInResult>;
    /** Rejects, and leaves everything as it is, where the server did not confirm. */
    signOut(): Promise<void>;
    /** Says that the user is active. Resolves with the session, or `null` where it is over; sends nothing where the last touch is recent. */
    touch(): Promise<Session | null>;
    /** Returns a function that removes the listener. */
    onChange(listener: (event: SessionEvent) => void): () => void;
}
declare global {
    const PlatformSession: PlatformSession;
}
