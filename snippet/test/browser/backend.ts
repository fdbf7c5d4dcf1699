/** The platform as the scenarios need it: the small server of this folder, or the real one. */
export interface Backend {
    /** Loopback port on which it listens with TLS. */
    readonly port: number;
    /** A tenant with one user and one snippet, proven for `https://a.test`. */
    createTenant(wishes?: TenantWishes): Promise<Tenant>;
    stop(): Promise<void>;
}

export interface TenantWishes {
    /** Seconds. */
    readonly idleTimeout?: number;
    readonly secondFactor?: boolean;
    /** The tenant requires one, and its user has none. */
    readonly secondFactorMissing?: boolean;
}

export interface Tenant {
    readonly snippet: string;
    readonly username: string;
    readonly password: string;
    /** Tag of the version published now. */
    script(): Promise<Script>;
    /** A code of the user's authenticator that was not used before. */
    code(): Promise<string>;
    /** Adds the second site. Rejects with the code of the refusal. */
    addSecondSite(): Promise<void>;
    switchMultiDomainOn(): Promise<void>;
    publish(): Promise<void>;
    rollback(): Promise<void>;
    /** Ends the user's sessions, as a manager does. */
    revoke(): Promise<void>;
}

export interface Script {
    readonly version: number;
    /** As the platform tells page developers. */
    readonly tag: string;
    /** `/s/{snippet}.js` */
    readonly loader: string;
    /** `/s/{snippet}/{hash}.js` */
    readonly immutable: string;
    /** Of the immutable one. */
    readonly integrity: string;
}

export const API = "https://api.test";
export const SITE = "https://a.test";
export const SECOND_SITE = "https://b.test";
