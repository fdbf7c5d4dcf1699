// node introspect.mjs <issuer> <client id>: reads {"secret", "token"} from standard input, so that neither stands in a list of processes, and prints what each client got.
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { text } from "node:stream/consumers";

const [issuer, id] = [new URL(process.argv[2]), process.argv[3]];
const { secret, token } = JSON.parse(await text(process.stdin));

const clients = {
  "oauth4webapi client_secret_basic": () => byOAuth4WebApi(oauth.ClientSecretBasic(secret)),
  "oauth4webapi client_secret_post": () => byOAuth4WebApi(oauth.ClientSecretPost(secret)),
  "openid-client client_secret_basic": () => byOpenIdClient(openid.ClientSecretBasic(secret)),
  "openid-client client_secret_post": () => byOpenIdClient(openid.ClientSecretPost(secret)),
};

async function byOAuth4WebApi(authentication) {
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2" }));
  const client = { client_id: id };
  return oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, authentication, token));
}

async function byOpenIdClient(authentication) {
  const configuration = await openid.discovery(issuer, id, undefined, authentication, { algorithm: "oauth2" });
  return openid.tokenIntrospection(configuration, token);
}

const results = {};
for (const [name, introspect] of Object.entries(clients)) {
  results[name] = await introspect().catch((failure) => ({ failure: failure.code, status: failure.status ?? failure.cause?.status, challenge: failure.cause?.[0]?.scheme }));
}
console.log(JSON.stringify(results));
