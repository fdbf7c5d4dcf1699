import { connectIn } from "./connect.js";
import type { Settings } from "./settings.js";

const script = document.currentScript;
// An element named "currentScript", put into the page by whoever may write HTML there, would otherwise choose where passwords go.
if (!(script instanceof HTMLScriptElement)) throw new Error("PlatformSession: load this with a plain script tag.");

// Not `window.PlatformSession`, which may also be an element of that id. A second tag changes nothing.
if (!Object.getOwnPropertyDescriptor(window, "PlatformSession")) {
    Object.defineProperty(window, "PlatformSession", {
        value: connectIn(window, new URL(script.src).origin, "__PLATFORM_SNIPPET_SETTINGS__" as unknown as Settings),
    });
}
