// What a client in TypeScript does, by the types that openapi-typescript makes. Prints what it got; a type that did not fit would stop the compiler.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { env: Record<string, string> };

type Problem = components["schemas"]["Problem"];

const { PLATFORM, TENANT, USERNAME, PASSWORD } = process.env as Record<"PLATFORM" | "TENANT" | "USERNAME" | "PASSWORD", string>;
const anonymous = createClient<paths>({ baseUrl: PLATFORM });

async function signIn(): Promise<string> {
  const { data, error } = await anonymous.POST("/v1/sign-in", { body: { tenant: TENANT, username: USERNAME, password: PASSWORD, transport: "token" } });
  if (!data) throw new Error(error.code);
  switch (data.status) {
    case "signed_in":
    case "second_factor_enrolment_required":
      return data.token ?? "";
    case "second_factor_required":
      throw new Error(data.methods.join());
    case "password_change_required":
      throw new Error(data.challenge ?? data.status);
  }
}

const token = await signIn();
const platform = createClient<paths>({ baseUrl: PLATFORM, headers: { Authorization: `Bearer ${token}` } });

const validated = await platform.POST("/v1/session/validate");
const users = await platform.GET("/v1/tenants/{tenant}/users", { params: { path: { tenant: TENANT }, query: { limit: 10 } } });
const usernames: string[] = users.data?.items.map((user) => user.username) ?? [];
const next: string | null | undefined = users.data?.nextCursor;

const foreign = await platform.GET("/v1/tenants/{tenant}", { params: { path: { tenant: "nobody-here" } } });
const problem: Problem | undefined = foreign.error;
const unknown: Problem["code"] = "not_found";

const misspelt = await platform.PATCH("/v1/tenants/{tenant}", { params: { path: { tenant: TENANT } }, body: { sessionPolicy: { idleTimeout: "PT0S", absoluteTimeout: "PT1H" } } });

console.log(
  JSON.stringify({
    token: token.length > 20,
    validated: validated.response.status,
    usernames,
    next,
    foreign: problem?.code === unknown,
    faults: misspelt.error?.errors?.map((fault) => fault.pointer),
  }),
);
