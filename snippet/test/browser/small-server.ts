import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SETTINGS_PLACEHOLDER } from "../../src/settings.js";
import { Server } from "../simulation/server.js";
import { API, SECOND_SITE, SITE, type Backend, type Script, type Tenant, type TenantWishes } from "./backend.js";
import type { Certificate } from "./certificate.js";

declare const SNIPPET_ROOT: string;
const built = readFileSync(join(SNIPPET_ROOT, "dist/snippet.js"), "utf8");

/** Keeps the contract of the platform's calls for pages, over TLS, in memory: quick, and no more than that. */
export async function startSmallServer(certificate: Certificate): Promise<Backend> {
    const tenants = new Map<string, SmallTenant>();
    const server = createServer(certificate, (request, response) => {
        const [, kind, ...rest] = new URL(request.url!, "https://api").pathname.split("/");
        const id = (kind === "s" ? rest[0] : rest[1])?.replace(".js", "");
        const tenant = tenants.get(id ?? "");
        if (!tenant) return void response.writeHead(404).end();
        if (kind === "s") tenant.serveScript(rest[1], response);
        else void tenant.serveCall("/" + rest.slice(2).join("/"), request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        port: (server.address() as AddressInfo).port,
        async createTenant(wishes = {}) {
            const tenant = new SmallTenant(`snp_${tenants.size + 1}`, wishes);
            tenants.set(tenant.snippet, tenant);
            return tenant;
        },
        stop: async () => (server.closeAllConnections(), void server.close()),
    };
}

class SmallTenant implements Tenant {
    readonly username = "alice";
    readonly password = "right";
    private readonly server = new Server({ get time() { return Date.now(); } });
    private readonly origins = new Set([SITE]);
    private readonly bodies: { script: Script; body: string }[] = [];
    private published = 0;
    private multiDomain = false;

    constructor(
        readonly snippet: string,
        wishes: TenantWishes,
    ) {
        this.server.idleTimeout = (wishes.idleTimeout ?? 1800) * 1000;
        this.server.secondFactor = !!wishes.secondFactor;
        this.server.secondFactorMissing = !!wishes.secondFactorMissing;
        void this.publish();
    }

    script = async () => this.bodies[this.published]!.script;
    code = async () => "123456";
    switchMultiDomainOn = async () => void (this.multiDomain = true);
    rollback = async () => void this.published--;

    async addSecondSite() {
        if (!this.multiDomain) throw new Error("multi_domain_required");
        this.origins.add(SECOND_SITE);
    }

    async revoke() {
        for (const session of this.server.sessions) session.revoked = true;
    }

    async publish() {
        const version = this.bodies.length + 1;
        const settings = { snippet: this.snippet, version, warnBefore: 120, touchEvery: 60 };
        const body = built.replace(`"${SETTINGS_PLACEHOLDER}"`, JSON.stringify(settings));
        const hash = createHash("sha256").update(body);
        const hex = hash.copy().digest("hex");
        const immutable = `/s/${this.snippet}/${hex}.js`;
        const integrity = `sha256-${hash.digest("base64")}`;
        const tag = `<script src="${API}${immutable}" integrity="${integrity}" crossorigin="anonymous" defer></script>`;
        const script = { version, tag, loader: `/s/${this.snippet}.js`, immutable, integrity };
        this.published = this.bodies.push({ script, body }) - 1;
    }

    serveScript(file: string | undefined, response: ServerResponse) {
        const found = file ? this.bodies.find(({ script }) => script.immutable.endsWith("/" + file)) : this.bodies[this.published];
        if (!found) return void response.writeHead(404).end();
        response.writeHead(200, {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": file ? "public, max-age=31536000, immutable" : "no-cache",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        });
        response.end(found.body);
    }

    async serveCall(path: string, request: IncomingMessage, response: ServerResponse) {
        const origin = request.headers.origin ?? "";
        if (!this.origins.has(origin)) return void response.writeHead(403).end();
        response.setHeader("Access-Control-Allow-Origin", origin);
        response.setHeader("Access-Control-Allow-Credentials", "true");
        response.setHeader("Access-Control-Expose-Headers", "Retry-After");
        response.setHeader("Vary", "Origin");
        if (request.method === "OPTIONS") {
            response.setHeader("Access-Control-Allow-Headers", "authorization, content-type");
            response.setHeader("Access-Control-Max-Age", "7200");
            return void response.writeHead(204).end();
        }
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const reply = this.server.answer({
            method: request.method!,
            path,
            body: chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {},
            bearer: request.headers.authorization?.replace("Bearer ", ""),
            cookies: cookiesOf(request),
        });
        for (const [name, value] of Object.entries(reply.setCookies ?? {})) {
            const age = value === undefined ? "; Max-Age=0" : "";
            response.appendHeader("Set-Cookie", `${COOKIES[name]}=${value ?? ""}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned${age}`);
        }
        response.writeHead(reply.status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
        response.end(reply.body === undefined ? "" : JSON.stringify(reply.body));
    }
}

const COOKIES: Record<string, string> = { session: "__Host-psid", probe: "__Host-psprobe" };

function cookiesOf(request: IncomingMessage): Map<string, string> {
    const sent = new Map((request.headers.cookie ?? "").split("; ").map((pair) => pair.split("=") as [string, string]));
    return new Map(Object.entries(COOKIES).flatMap(([name, sentAs]) => (sent.has(sentAs) ? [[name, sent.get(sentAs)!] as const] : [])));
}
