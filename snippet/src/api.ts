import type { Environment } from "./environment.js";
import type { TokenStore } from "./token-store.js";
import type { Session, SessionError } from "./types.js";

/** What came back. Status 0: nothing, which is also what a page sees of a refusal without CORS headers. */
export interface Answer {
    readonly status: number;
    readonly body: Record<string, unknown>;
    /** Seconds, 0 where the server said nothing. */
    readonly retryAfter: number;
}

export interface Request {
    readonly method?: "POST";
    readonly json?: unknown;
    /** Leaves the token out, so that the answer says what the browser does with cookies. */
    readonly withoutToken?: boolean;
}

export type Call = (path: string, request?: Request) => Promise<Answer>;

const HOT_CALL_TIMEOUT = 10_000;
const SIGN_IN_TIMEOUT = 30_000;

/** Calls never reject. Calls without body and token have no header of their own: simple requests need no preflight. */
export function createCall(environment: Environment, base: string, token: TokenStore): Call {
    return async (path, { method, json, withoutToken } = {}) => {
        const aborter = new AbortController();
        const timer = environment.setTimeout(() => aborter.abort(), json ? SIGN_IN_TIMEOUT : HOT_CALL_TIMEOUT);
        const headers: Record<string, string> = {};
        const bearer = !json && !withoutToken && token.get();
        if (bearer) headers.Authorization = "Bearer " + bearer;
        if (json) headers["Content-Type"] = "application/json";
        try {
            const response = await environment.fetch(base + path, {
                method: method || "GET",
                headers,
                body: json ? JSON.stringify(json) : null,
                mode: "cors",
                cache: "no-store",
                credentials: bearer ? "omit" : "include",
                redirect: "error",
                referrerPolicy: "strict-origin",
                signal: aborter.signal,
            });
            // No content, or what a proxy in between wrote, is an empty body.
            const body = await response.json().catch(() => null);
            return {
                status: response.status,
                body: body || {},
                retryAfter: Math.min(Number(response.headers.get("Retry-After")) || 0, 3600),
            };
        } catch {
            return { status: 0, body: {}, retryAfter: 0 };
        } finally {
            environment.clearTimeout(timer);
        }
    };
}

export function sessionOf(answer: Answer, body: unknown = answer.body): Session | undefined {
    const session = body as Partial<Session> | undefined;
    return answer.status === 200 && session && session.id && session.idleExpiresIn! >= 0 ? (session as Session) : undefined;
}

/** Only this ends a session: a proxy's or a captive portal's 401 has no such code. */
export function isSessionOver(answer: Answer): boolean {
    return answer.status === 401 && answer.body.code === "session_invalid";
}

export function codeOf(answer: Answer): string {
    return String(answer.body.code || "unavailable");
}

export function errorOf(answer: Answer): SessionError {
    const code = codeOf(answer);
    const error = new Error(String(answer.body.title || code));
    return Object.assign(error, { code }, answer.retryAfter ? { retryAfter: answer.retryAfter } : {});
}
