/** What the server writes into the built script. The one place it replaces is {@link SETTINGS_PLACEHOLDER}, quotes included. */
export interface Settings {
    /** Id of the snippet, `snp_…`. */
    readonly snippet: string;
    /** Published version that this body belongs to; pages read it as `PlatformSession.version`. */
    readonly version?: number;
    /** Seconds before the end at which `expiring` is raised; half the idle timeout where that is less. 0: never. */
    readonly warnBefore: number;
    /** Seconds between two touches, over all tabs of the site; a third of the idle timeout where that is less. */
    readonly touchEvery: number;
}

/** Stands once in the built file, as a string literal in double quotes; the server puts a JSON object in its place. */
export const SETTINGS_PLACEHOLDER = "__PLATFORM_SNIPPET_SETTINGS__";
