import { codeOf, type Answer } from "./api.js";
import type { Environment } from "./environment.js";
import type { SessionEvent } from "./types.js";

/** Whether the server answers, and when to ask one again that does not: full jitter under a bound that doubles, on top of what it asks for. */
export interface Availability {
    readonly notBefore: number;
    /** The latest answer that said nothing about the session; none once there is one that does. */
    readonly failure: Answer | undefined;
    /** `atMost`: the bound in milliseconds. Whoever asks no more often than a page whose user is active asks anyway burdens nobody. */
    failed(answer: Answer, atMost: number): void;
    answered(): void;
    /** Something new speaks for asking at once: the network is back, the user presses a button. What the server asked for still holds. */
    cutShort(): void;
}

const FIRST = 1000;

export function createAvailability(environment: Environment, snippet: string, emit: (event: SessionEvent) => void): Availability {
    let notBefore = 0;
    let asked = 0;
    let failures = 0;
    let failure: Answer | undefined;
    let told = false;
    let hinted = false;

    return {
        get notBefore() {
            return notBefore;
        },
        get failure() {
            return failure;
        },
        failed(answer, atMost) {
            failure = answer;
            asked = environment.performance.now() + answer.retryAfter * 1000;
            notBefore = asked + environment.Math.random() * Math.min(atMost, FIRST * 2 ** ++failures);
            if (!answer.status && !hinted) {
                hinted = true;
                environment.console.warn(
                    `PlatformSession: no answer for ${environment.location.origin}. ` +
                        `If this stays: is this domain proven for ${snippet}, and does the page's connect-src allow the server?`,
                );
            }
            // A single call that is lost is no outage; leaving a page loses calls, too.
            if (!told && (answer.status || failures > 1)) {
                told = true;
                emit({ type: "unavailable", code: codeOf(answer) });
            }
        },
        answered() {
            notBefore = failures = 0;
            failure = undefined;
            if (told) {
                told = false;
                emit({ type: "available" });
            }
        },
        cutShort() {
            notBefore = Math.min(notBefore, asked);
        },
    };
}
