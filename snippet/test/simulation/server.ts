import type { Session } from "../../src/types.js";
import type { World } from "./world.js";

export interface Request {
    readonly method: string;
    readonly path: string;
    readonly body: Record<string, string>;
    readonly bearer: string | undefined;
    /** The site's part of the browser's cookies; undefined where the call takes none along. */
    readonly cookies: Map<string, string> | undefined;
}

export interface Reply {
    readonly status: number;
    readonly body?: unknown;
    readonly retryAfter?: number;
    readonly setCookies?: Record<string, string | undefined>;
}

interface LiveSession {
    readonly id: string;
    readonly username: string;
    readonly createdAt: number;
    lastActivityAt: number;
    permissions: string[];
    revoked: boolean;
}

/** The platform's calls for pages, as its contract says, on the clock of the simulated world. */
export class Server {
    idleTimeout = 30 * 60_000;
    absoluteTimeout = 24 * 3_600_000;
    secondFactor = false;
    secondFactorMissing = false;
    /** Status that every call gets instead of an answer; 0: the connection fails. */
    outage: { status: number; retryAfter?: number; body?: unknown } | undefined;
    readonly calls: { at: number; path: string; status: number; session: string | undefined }[] = [];
    readonly sessions: LiveSession[] = [];
    private readonly byToken = new Map<string, LiveSession>();

    constructor(private readonly world: Pick<World, "time">) {}

    answer(request: Request): Reply {
        const reply = this.outage ?? this.handle(request);
        this.calls.push({ at: this.world.time, path: request.path, status: reply.status, session: this.held(request)?.id });
        return reply;
    }

    touches(): number[] {
        return this.calls.filter((call) => call.path === "/session/touch" && call.status === 200).map((call) => call.at);
    }

    count(path: string): number {
        return this.calls.filter((call) => call.path === path).length;
    }

    isLive(session: LiveSession): boolean {
        return !session.revoked && this.world.time < this.idleEnd(session);
    }

    private idleEnd(session: LiveSession): number {
        return Math.min(session.lastActivityAt + this.idleTimeout, session.createdAt + this.absoluteTimeout);
    }

    private held({ bearer, cookies }: Request): LiveSession | undefined {
        return this.byToken.get(bearer ?? cookies?.get("session") ?? "");
    }

    private handle(request: Request): Reply {
        const session = this.held(request);
        const live = session && this.isLive(session) ? session : undefined;
        switch (`${request.method} ${request.path}`) {
            case "GET /session":
                return live ? { status: 200, body: this.show(live) } : this.over(request);
            case "POST /session/touch":
                if (!live) return this.over(request);
                live.lastActivityAt = this.world.time;
                return { status: 200, body: this.show(live) };
            case "POST /sign-out":
                if (live) live.revoked = true;
                return { status: 204, setCookies: { session: undefined } };
            case "POST /sign-in":
                if (request.body.password !== "right") return problem(401, "invalid_credentials");
                if (this.secondFactorMissing) return problem(403, "second_factor_enrolment_required");
                if (!this.secondFactor) return this.signIn(request.body.username!, request.body.transport!);
                return {
                    status: 200,
                    body: {
                        status: "second_factor_required",
                        challenge: `${request.body.username} ${request.body.transport}`,
                        methods: ["totp", "sms"],
                        expiresAt: new Date(this.world.time + 300_000).toISOString(),
                    },
                };
            case "POST /sign-in/sms":
                return { status: 202 };
            case "POST /sign-in/second-factor": {
                const [username, transport] = request.body.challenge!.split(" ");
                return request.body.code === "123456" ? this.signIn(username!, transport!) : problem(401, "invalid_code");
            }
            default:
                return problem(404, "not_found");
        }
    }

    private signIn(username: string, transport: string): Reply {
        const number = this.sessions.length + 1;
        const session: LiveSession = {
            id: `ses_${number}`,
            username,
            createdAt: this.world.time,
            lastActivityAt: this.world.time,
            permissions: ["read"],
            revoked: false,
        };
        this.sessions.push(session);
        const token = `token-${number}`;
        this.byToken.set(token, session);
        const body = { status: "signed_in", session: this.show(session) };
        return transport === "token" ? { status: 200, body: { ...body, token } } : { status: 200, body, setCookies: { session: token } };
    }

    private over({ cookies }: Request): Reply {
        const cookieKept = !!cookies && (cookies.has("session") || cookies.has("probe"));
        return { ...problem(401, "session_invalid", { cookieKept }), setCookies: cookieKept ? {} : { probe: "1" } };
    }

    private show(session: LiveSession): Session {
        const absolute = session.createdAt + this.absoluteTimeout;
        const time = (at: number) => new Date(at).toISOString();
        return {
            id: session.id,
            tenantId: "ten_1",
            userId: "usr_1",
            username: session.username,
            permissions: session.permissions,
            createdAt: time(session.createdAt),
            lastActivityAt: time(session.lastActivityAt),
            idleExpiresAt: time(this.idleEnd(session)),
            absoluteExpiresAt: time(absolute),
            authenticationMethods: ["pwd"],
            idleExpiresIn: Math.floor((this.idleEnd(session) - this.world.time) / 1000),
            absoluteExpiresIn: Math.floor((absolute - this.world.time) / 1000),
        };
    }
}

function problem(status: number, code: string, more: object = {}): Reply {
    return { status, body: { status, code, title: code, ...more } };
}
