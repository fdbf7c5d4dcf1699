import type { Environment } from "./environment.js";

/** The token of a session whose cookie the browser does not keep. It lives as long as the tab, or the page where storage is refused. */
export interface TokenStore {
    get(): string | undefined;
    set(token: string | undefined): void;
}

export function createTokenStore(environment: Environment, snippet: string): TokenStore {
    const key = "platform-session:" + snippet;
    let token: string | undefined;
    try {
        token = environment.sessionStorage.getItem(key) || undefined;
    } catch {
        // Storage is refused.
    }
    return {
        get: () => token,
        set(value) {
            token = value;
            try {
                if (value) environment.sessionStorage.setItem(key, value);
                else environment.sessionStorage.removeItem(key);
            } catch {
                // Storage is refused or full.
            }
        },
    };
}
