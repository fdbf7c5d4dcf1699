import { errorOf, sessionOf, type Answer, type Call } from "./api.js";
import type { Keeper } from "./keeper.js";
import type { TokenStore } from "./token-store.js";
import type { Credentials, Session, SignInResult } from "./types.js";

type Transport = "cookie" | "token";

/** Not a fault of what the user typed, so a result and no error, although the server refuses it. */
const ENROLMENT = "second_factor_enrolment_required";

export function createSignIn(call: Call, token: TokenStore, keeper: Keeper): (credentials: Credentials) => Promise<SignInResult> {
    async function post(path: string, json: unknown): Promise<Answer> {
        const answer = await call(path, { method: "POST", json });
        if (answer.status !== 200 && answer.status !== 202 && answer.body.code !== ENROLMENT) throw errorOf(answer);
        return answer;
    }

    // The first 401 leaves a cookie; whether the browser sends it back with the next call is the answer.
    async function transport(): Promise<Transport> {
        for (let round = 0; round < 2; round++) {
            const answer = await call("/session", { withoutToken: true });
            if (answer.status === 200 || answer.body.cookieKept) return "cookie";
            if (answer.status !== 401) throw errorOf(answer);
        }
        return "token";
    }

    function resultOf(answer: Answer): SignInResult {
        const { code, status: said, session, token: issued, challenge, methods, expiresAt } = answer.body as {
            code?: typeof ENROLMENT;
            status: SignInResult["status"];
            session?: Session;
            token?: string;
            challenge: string;
            methods: [];
            expiresAt: string;
        };
        const status = code || said;
        if (status === "signed_in") {
            if (!sessionOf(answer, session)) throw errorOf({ ...answer, body: {} });
            token.set(issued);
            keeper.signedIn(session!);
            return { status, session: session! };
        }
        if (status !== "second_factor_required") return { status };
        return {
            status,
            methods,
            expiresAt,
            sendSms: async () => void (await post("/sign-in/sms", { challenge })),
            confirm: async (method, code) => resultOf(await post("/sign-in/second-factor", { challenge, method, code })),
        };
    }

    return async ({ username, password }) => resultOf(await post("/sign-in", { username, password, transport: await transport() }));
}
