import type { Environment } from "./environment.js";

// Clicks and text alone are what assistive technology and dictation send.
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "click", "input"];

/**
 * Input of the user. Not `scroll`: pages scroll by themselves, and a user scrolls by one of these. Nor what the page's own code dispatches, nor
 * the pointer moves that browsers make up where the page moves under a pointer at rest.
 */
export function onInput(environment: Environment, listener: () => void): void {
    const heard = (event: Event) => {
        const { movementX, movementY } = event as PointerEvent;
        const atRest = event.type === "pointermove" && movementX === 0 && movementY === 0;
        if (event.isTrusted && !atRest) listener();
    };
    for (const type of INPUTS) environment.addEventListener(type, heard, { capture: true, passive: true });
}
