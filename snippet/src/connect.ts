import { onInput } from "./activity.js";
import { createCall } from "./api.js";
import type { Environment } from "./environment.js";
import { createKeeper } from "./keeper.js";
import type { Settings } from "./settings.js";
import { createSignIn } from "./sign-in.js";
import { createTokenStore } from "./token-store.js";
import type { PlatformSession, SessionEvent } from "./types.js";

export function connectIn(environment: Environment, api: string, settings: Settings): PlatformSession {
    const listeners = new Set<(event: SessionEvent) => void>();
    const token = createTokenStore(environment, settings.snippet);
    const call = createCall(environment, `${api}/v1/snippets/${settings.snippet}`, token);
    const keeper = createKeeper(environment, settings, call, token, emit);

    function emit(event: SessionEvent) {
        for (const listener of [...listeners]) {
            try {
                listener(event);
            } catch (error) {
                // The page's own fault: reported as such, and the other listeners still hear.
                environment.setTimeout(() => {
                    throw error;
                }, 0);
            }
        }
    }

    onInput(environment, keeper.noteActivity);
    const back = () => keeper.resume(false);
    environment.document.addEventListener("visibilitychange", back);
    environment.document.addEventListener("prerenderingchange", back);
    environment.addEventListener("focus", back);
    environment.addEventListener("online", keeper.retry);
    environment.addEventListener("pagehide", keeper.leave);
    environment.addEventListener("pageshow", (event) => (event as PageTransitionEvent).persisted && keeper.resume(true));
    keeper.step();

    return {
        version: settings.version,
        ready: keeper.ready,
        get session() {
            return keeper.session;
        },
        signIn: createSignIn(call, token, keeper),
        signOut: keeper.signOut,
        touch: () => keeper.touch(),
        onChange(listener) {
            listeners.add(listener);
            return () => void listeners.delete(listener);
        },
    };
}
