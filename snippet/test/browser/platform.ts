import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { request } from "node:https";
import { join } from "node:path";
import { API, type Backend, type Script, type Tenant, type TenantWishes } from "./backend.js";
import { Authenticator } from "./totp.js";

const OPERATOR_PASSWORD = "Quiet-Harbour-71";
const PASSWORD = "Loud-Mountain-92";

/** The platform itself, as a process on an empty data directory. */
export async function startPlatform(assembly: string, folder: string): Promise<Backend> {
    const process = launch(assembly, folder);
    const port = await portOf(process);
    const operator = new Caller(port, { tenant: "platform", username: "operator", password: OPERATOR_PASSWORD });
    let tenants = 0;
    return {
        port,
        createTenant: (wishes = {}) => PlatformTenant.create(port, operator, `tenant${++tenants}`, wishes),
        async stop() {
            process.kill("SIGTERM");
            await once(process, "exit");
        },
    };
}

function launch(assembly: string, folder: string): ChildProcess {
    return spawn("dotnet", ["exec", assembly], {
        stdio: ["ignore", "pipe", "inherit"],
        env: {
            PATH: process.env.PATH,
            HOME: process.env.HOME,
            DOTNET_ROOT: process.env.DOTNET_ROOT,
            ASPNETCORE_URLS: "https://127.0.0.1:0",
            Logging__LogLevel__Default: "Warning",
            Platform__DataDirectory: join(folder, "data"),
            Platform__Environment: "development",
            Platform__Bootstrap__OperatorPassword: OPERATOR_PASSWORD,
            Platform__Sessions__MinIdleTimeout: "00:00:01",
            Platform__RateLimits__SignInPerMinute: "1000000",
        },
    });
}

/** As announced. */
async function portOf(process: ChildProcess): Promise<number> {
    let output = "";
    for await (const chunk of process.stdout!) {
        output += chunk;
        const port = /Address\s+https:\/\/127\.0\.0\.1:(\d+)[\s\S]*^  Documents /m.exec(output)?.[1];
        if (port) return process.stdout!.resume(), Number(port);
    }
    throw new Error("The platform did not start: " + output);
}

interface Credentials {
    readonly tenant: string;
    readonly username: string;
    readonly password: string;
}

/** Somebody who calls the API. Signs in anew for each call: idle timeouts here are short. */
class Caller {
    constructor(
        private readonly port: number,
        private readonly credentials: Credentials,
    ) {}

    /** Rejects with the code of the refusal. */
    call(method: string, path: string, body?: object): Promise<any> {
        return this.signedIn((call) => call(method, path, body));
    }

    async signedIn<T>(work: (call: (method: string, path: string, body?: object) => Promise<any>) => Promise<T>): Promise<T> {
        const { token } = await this.send("POST", "/v1/sign-in", { ...this.credentials, transport: "token" });
        return work((method, path, body) => this.send(method, path, body, token));
    }

    private send(method: string, path: string, body?: object, token?: string): Promise<any> {
        return new Promise((resolve, reject) => {
            const headers = {
                Host: new URL(API).host,
                ...(body && { "Content-Type": "application/json" }),
                ...(token && { Authorization: `Bearer ${token}` }),
            };
            const sent = request({ host: "127.0.0.1", port: this.port, method, path, headers, rejectUnauthorized: false }, async (response) => {
                const chunks: Buffer[] = [];
                for await (const chunk of response) chunks.push(chunk);
                const text = Buffer.concat(chunks).toString();
                const answer = text ? JSON.parse(text) : undefined;
                if (response.statusCode! < 300) resolve(answer);
                else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer?.code} ${text}`));
            });
            sent.on("error", reject);
            sent.end(body && JSON.stringify(body));
        });
    }
}

class PlatformTenant implements Tenant {
    readonly username = "alice";
    readonly password = PASSWORD;
    private lastScript: Script | undefined;

    private constructor(
        private readonly slug: string,
        readonly snippet: string,
        private readonly operator: Caller,
        private readonly manager: Caller,
        private readonly user: string,
        private readonly authenticator: Authenticator | undefined,
    ) {}

    static async create(port: number, operator: Caller, slug: string, wishes: TenantWishes): Promise<PlatformTenant> {
        await operator.signedIn(async (call) => {
            const admin = { username: "hank", email: "hank@a.example", password: PASSWORD };
            await call("POST", "/v1/operator/tenants", { slug, name: slug, edition: "standard", admin });
            await call("PATCH", `/v1/operator/tenants/${slug}`, { features: { twoFactor: true } });
        });
        const manager = new Caller(port, { tenant: slug, username: "hank", password: PASSWORD });
        const { user, snippet } = await manager.signedIn(async (call) => {
            const path = `/v1/tenants/${slug}`;
            const user = await call("POST", `${path}/users`, { username: "alice", email: "alice@a.example", password: PASSWORD, mustChangePassword: false, role: "viewer" });
            const snippet = (await call("GET", `${path}/snippets`)).items[0].id;
            await call("PUT", `${path}/snippets/${snippet}/domains/a.test`);
            if (wishes.idleTimeout) await call("PATCH", path, { sessionPolicy: { idleTimeout: `PT${wishes.idleTimeout}S` } });
            return { user: user.id, snippet };
        });
        const alice = new Caller(port, { tenant: slug, username: "alice", password: PASSWORD });
        const authenticator = wishes.secondFactor ? await enrol(alice) : undefined;
        const tenant = new PlatformTenant(slug, snippet, operator, manager, user, authenticator);
        if (wishes.secondFactorMissing) {
            // From then on the manager cannot sign in either.
            tenant.lastScript = await tenant.script();
            await manager.call("PATCH", `/v1/tenants/${slug}`, { requireSecondFactor: true });
        }
        return tenant;
    }

    private get path() {
        return `/v1/tenants/${this.slug}/snippets/${this.snippet}`;
    }

    async script(): Promise<Script> {
        if (this.lastScript) return this.lastScript;
        const { version, tag, loaderUrl, scriptUrl, integrity } = await this.manager.call("GET", this.path);
        return { version, tag, loader: new URL(loaderUrl).pathname, immutable: new URL(scriptUrl).pathname, integrity };
    }

    code(): Promise<string> {
        return this.authenticator!.next();
    }

    async addSecondSite() {
        await this.manager.call("PUT", `${this.path}/domains/b.test`);
    }

    async switchMultiDomainOn() {
        await this.operator.call("PATCH", `/v1/operator/tenants/${this.slug}`, { features: { multiDomain: true } });
    }

    async publish() {
        await this.manager.signedIn(async (call) => {
            await call("PATCH", this.path, { settings: { warnBefore: "PT5M" } });
            await call("POST", `${this.path}/publish`);
        });
    }

    async rollback() {
        await this.manager.call("POST", `${this.path}/rollback`);
    }

    async revoke() {
        await this.manager.call("DELETE", `/v1/tenants/${this.slug}/users/${this.user}/sessions`);
    }
}

async function enrol(user: Caller): Promise<Authenticator> {
    return user.signedIn(async (call) => {
        const { secret } = await call("POST", "/v1/me/totp");
        const authenticator = new Authenticator(secret);
        await call("POST", "/v1/me/totp/confirm", { code: await authenticator.next() });
        return authenticator;
    });
}
