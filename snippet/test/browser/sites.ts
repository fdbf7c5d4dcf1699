import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { API, type Script } from "./backend.js";
import type { Certificate } from "./certificate.js";

/** The tenant's sites: whatever the host, a page with the tag, under the strictest policy that lets the script in. */
export interface Sites {
    readonly port: number;
    script: Script;
    stop(): void;
}

// No policy of Trusted Types may be made, nothing may run but the script, nothing may be called but the platform.
const strict = (scriptSource: string) =>
    `default-src 'none'; script-src ${scriptSource}; connect-src ${API}; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

export async function createSites(certificate: Certificate): Promise<Sites> {
    const server = createServer(certificate, (request, response) => {
        const { pathname } = new URL(request.url!, "https://site");
        const { tag, loader, immutable, integrity } = sites.script;
        const pages: Record<string, { tag: string; policy: string }> = {
            "/": { tag, policy: strict(API) },
            // Allowed by its hash alone.
            "/by-hash": {
                tag: `<script src="${API}${immutable}" integrity="${integrity}" crossorigin="anonymous"></script>`,
                policy: strict(`'${integrity}'`),
            },
            "/loader": { tag: `<script src="${API}${loader}" async></script>`, policy: strict(API) },
            "/clobbered": {
                tag: `<img name="currentScript"><img id="PlatformSession"><script src="${API}${loader}"></script>`,
                policy: strict(API),
            },
        };
        const page = pages[pathname];
        if (!page) return void response.writeHead(404).end();
        response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": page.policy });
        response.end(`<!doctype html><title>Site</title><body>${page.tag}<p>${"Text. ".repeat(5000)}</p>`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const sites: Sites = {
        port: (server.address() as AddressInfo).port,
        script: { version: 0, tag: "", loader: "", immutable: "", integrity: "" },
        stop: () => (server.closeAllConnections(), void server.close()),
    };
    return sites;
}
