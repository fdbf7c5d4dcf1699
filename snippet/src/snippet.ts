import { connectIn } from "./connect.js";
import type { Settings } from "./settings.js";

// Not `document.currentScript`: an element of that name, put into the page by whoever may write HTML there, would choose where passwords go.
const script = Object.getOwnPropertyDescriptor(Document.prototype, "currentScript")!.get!.call(document) as HTMLScriptElement | null;
if (!script) throw new Error("PlatformSession: load this with a plain script tag, not as a module.");

// Not `window.PlatformSession`, which may also be an element of that id. A second tag changes nothing.
if (!Object.getOwnPropertyDescriptor(window, "PlatformSession")) {
    Object.defineProperty(window, "PlatformSession", {
        value: connectIn(window, new URL(script.src).origin, "__PLATFORM_SNIPPET_SETTINGS__" as unknown as Settings),
    });
}
