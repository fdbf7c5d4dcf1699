import type { PlatformSession } from "./types.js";
export type * from "./types.js";
export interface ConnectOptions {
    /** Id of the snippet, `snp_…`. */
    readonly snippet: string;
    /** Origin of the platform, or of the tenant's own host in front of it: `https://…`, without a path. */
    readonly api: string;
    /** Seconds before the end at which `expiring` is raised, 0: never; 120 unless said otherwise. */
    readonly warnBefore?: number;
    /** Seconds between two touches over all tabs of the site, at least 60; 60 unless said otherwise. */
    readonly touchEvery?: number;
}
/** To be called in a browser, once a page. */
export declare function connect({ snippet, api, warnBefore, touchEvery }: ConnectOptions): PlatformSession;
