// A back end of the tenant: GET /who answers whose session a page's call belongs to, or 401.
import { createServer } from "node:http";

const { PLATFORM, API_KEY, ORIGIN, PORT = "3000" } = process.env;

// The cookie of first-party mode comes along with whatever other sites make a browser send; only the page's own calls count. A bearer token nobody else can send.
function tokenOf({ authorization = "", cookie = "", "sec-fetch-site": site }) {
  const bearer = /^Bearer (\S+)$/.exec(authorization);
  const ours = site === "same-origin" && /(?:^|; )__Host-psid=([^;]+)/.exec(cookie);
  return (bearer || ours || [])[1];
}

// Throws where the platform does not answer: that signs nobody out.
async function sessionOf(token) {
  const answer = await fetch(`${PLATFORM}/v1/introspect`, {
    method: "POST",
    headers: { Authorization: `Bearer ${API_KEY}` },
    body: new URLSearchParams({ token }),
    signal: AbortSignal.timeout(5000),
  });
  if (!answer.ok) throw new Error(`Introspection answered ${answer.status}`);
  const session = await answer.json();
  return session.active && session.origin === ORIGIN ? session : null;
}

const server = createServer(async ({ method, url, headers }, response) => {
  const send = (status, body) => response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" }).end(JSON.stringify(body));
  if (method !== "GET" || url !== "/who") return send(404, { error: "not_found" });
  try {
    const token = tokenOf(headers);
    const session = token && (await sessionOf(token));
    session ? send(200, { user: session.sub, username: session.username }) : send(401, { error: "session_invalid" });
  } catch (error) {
    console.error(error.message);
    send(503, { error: "unavailable" });
  }
});
server.listen(PORT, "127.0.0.1", () => console.log(`Listening on http://127.0.0.1:${server.address().port}`));
