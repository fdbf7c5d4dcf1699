namespace Platform.Api.Problems;

/// <summary>The closed set of refusals and faults that the API answers with. The code is the contract, the title is for people.</summary>
internal sealed record ProblemKind(string Code, int Status, string Title)
{
    public static readonly ProblemKind InvalidRequest = new("invalid_request", 400, "The request is not valid.");
    public static readonly ProblemKind PasswordPolicy = new("password_policy", 400, "The password does not meet the policy.");
    public static readonly ProblemKind InvalidDomain = new("invalid_domain", 400, "A snippet cannot work on this domain.");
    public static readonly ProblemKind DomainNotProven = new("domain_not_proven", 400, "The proof was not found. The errors say what was found instead, for each way.");
    public static readonly ProblemKind InvalidToken = new("invalid_token", 400, "The link is not valid any more. Ask for a new one.");
    public static readonly ProblemKind InvalidCredentials = new("invalid_credentials", 401, "Tenant, user name or password is wrong.");
    public static readonly ProblemKind InvalidCode = new("invalid_code", 401, "The code is wrong or was used, or the sign-in has run out.");
    public static readonly ProblemKind SessionInvalid = new("session_invalid", 401, "There is no live session.");
    public static readonly ProblemKind ApiKeyInvalid = new("api_key_invalid", 401, "There is no such API key.");
    public static readonly ProblemKind ApiKeyNotAccepted = new("api_key_not_accepted", 401, "This call takes a session and no API key.");
    public static readonly ProblemKind Forbidden = new("forbidden", 403, "The permission for this is missing.");
    public static readonly ProblemKind CrossOrigin = new("cross_origin", 403, "The request came from another site.");
    public static readonly ProblemKind HttpsRequired = new("https_required", 403, "Only HTTPS is served.");
    public static readonly ProblemKind EditionRequired = new("edition_required", 403, "The tenant's edition does not have this.");
    public static readonly ProblemKind FeatureRequired = new("feature_required", 403, "The tenant does not have this feature. An operator can switch it on.");
    public static readonly ProblemKind ReauthenticationRequired =
        new("reauthentication_required", 403, "Sign in again, with the second factor if there is one, and repeat this within 15 minutes.");

    public static readonly ProblemKind SecondFactorEnrolmentRequired =
        new("second_factor_enrolment_required", 403, "This call needs a second factor. Set one up first.");

    public static readonly ProblemKind IpNotAllowed = new("ip_not_allowed", 403, "The tenant does not allow sign-in from this address.");
    public static readonly ProblemKind MultiDomainRequired =
        new("multi_domain_required", 403, "The tenant already has a domain. An operator can switch on the feature for more.");

    public static readonly ProblemKind OriginNotAllowed = new("origin_not_allowed", 403, "The page is not on a proven domain of this snippet.");
    public static readonly ProblemKind NotFound = new("not_found", 404, "There is no such thing here.");
    public static readonly ProblemKind MethodNotAllowed = new("method_not_allowed", 405, "This method is not served here.");
    public static readonly ProblemKind NotAcceptable = new("not_acceptable", 406, "No acceptable form of the answer exists.");
    public static readonly ProblemKind RequestTimeout = new("request_timeout", 408, "The request came in too slowly.");
    public static readonly ProblemKind UsernameTaken = new("username_taken", 409, "The user name is taken.");
    public static readonly ProblemKind SlugTaken = new("slug_taken", 409, "The slug is taken.");
    public static readonly ProblemKind IdempotencyUnderWay = new("idempotency_under_way", 409, "The first call with this Idempotency-Key is still running. Try again.");
    public static readonly ProblemKind RoleTaken = new("role_taken", 409, "There is a role of this name.");
    public static readonly ProblemKind RoleInUse = new("role_in_use", 409, "Users hold this role. Give them others first.");
    public static readonly ProblemKind RoleBuiltIn = new("role_built_in", 409, "Built-in roles cannot be changed.");
    public static readonly ProblemKind WouldLockOutEditor =
        new("would_lock_out_editor", 409, "These rules would refuse your own address. Add ?force=true to set them all the same.");

    public static readonly ProblemKind LastManager = new("last_manager", 409, "The last user who can manage users must stay.");
    public static readonly ProblemKind LastSecondFactor = new("last_second_factor", 409, "The tenant requires a second factor. Set up another one first.");
    public static readonly ProblemKind NoSecondFactor = new("no_second_factor", 409, "There is no such second factor.");
    public static readonly ProblemKind QuotaExceeded = new("quota_exceeded", 409, "There are as many of these as the tenant may have. Delete one first, or ask for another edition.");
    public static readonly ProblemKind TooManyApiKeys = new("too_many_api_keys", 409, "The tenant has 100 API keys. Delete one first.");
    public static readonly ProblemKind ApiKeyExpired = new("api_key_expired", 409, "The API key has expired. Make a new one.");
    public static readonly ProblemKind TooManyDomains = new("too_many_domains", 409, "The snippet has 50 domains. Remove one first.");
    public static readonly ProblemKind TooManySnippets = new("too_many_snippets", 409, "The tenant has 20 snippets. Delete one first.");
    public static readonly ProblemKind PrimarySnippet = new("primary_snippet", 409, "The snippet that was made with the tenant cannot be deleted.");
    public static readonly ProblemKind NoSuchVersion = new("no_such_version", 409, "There is no such version.");
    public static readonly ProblemKind TooManySupportGrants =
        new("too_many_support_grants", 409, "The tenant has 20 open support grants. End one first.");

    public static readonly ProblemKind TenantDeleting = new("tenant_deleting", 409, "The data of the tenant are being destroyed. That cannot be taken back.");
    public static readonly ProblemKind TenantNotDeletable = new("tenant_not_deletable", 409, "The tenant of the operators stays. Delete other tenants.");
    public static readonly ProblemKind BackupUnderWay = new("backup_under_way", 409, "A backup is being made. Wait until it is done.");
    public static readonly ProblemKind BackupsNotConfigured =
        new("backups_not_configured", 409, "The platform makes no backups. Set Platform__Backups__Target on its silos, or run ./run backup --to <folder> there.");

    public static readonly ProblemKind TransitionNotAllowed = new("transition_not_allowed", 409, "The report does not go from its state to this one.");

    public static readonly ProblemKind PreconditionFailed = new("precondition_failed", 412, "The resource has changed meanwhile. Read it again.");
    public static readonly ProblemKind BodyTooLarge = new("body_too_large", 413, "The body is too large.");
    public static readonly ProblemKind UriTooLong = new("uri_too_long", 414, "The address is too long.");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported_media_type", 415, "The body must be of the documented type, not compressed.");
    public static readonly ProblemKind IdempotencyMismatch = new("idempotency_mismatch", 422, "This Idempotency-Key was used for another request. Use a new one.");
    public static readonly ProblemKind PreconditionRequired = new("precondition_required", 428, "If-Match must name the version that you want to change.");
    public static readonly ProblemKind TooManyAttempts = new("too_many_attempts", 429, "Too many requests. Try again later.");
    public static readonly ProblemKind TooManyIdempotencyKeys =
        new("too_many_idempotency_keys", 429, "The tenant has as many Idempotency-Keys of the last 24 hours as its edition keeps. Nothing was done. Wait as Retry-After says, or call without a key.");

    public static readonly ProblemKind HeadersTooLarge = new("headers_too_large", 431, "The headers are too large.");
    public static readonly ProblemKind InternalError = new("internal_error", 500, "The platform failed to answer.");
    public static readonly ProblemKind Unavailable = new("unavailable", 503, "The service cannot answer now. Whether the call took effect is not certain; try again.");
    public static readonly ProblemKind ReportIntakeFull =
        new("report_intake_full", 503, "No further reports are taken now, and nothing was kept. Write to a contact of /.well-known/security.txt, or try again later.");

    public static readonly ProblemKind Busy = new("busy", 503, "The service is busy. Nothing was done; try again.");

    public static readonly ImmutableArray<ProblemKind> All =
    [
        InvalidRequest, PasswordPolicy, InvalidDomain, DomainNotProven, InvalidToken, InvalidCredentials, InvalidCode, SessionInvalid, ApiKeyInvalid, ApiKeyNotAccepted, Forbidden, CrossOrigin, HttpsRequired, EditionRequired,
        FeatureRequired, ReauthenticationRequired, SecondFactorEnrolmentRequired, IpNotAllowed, MultiDomainRequired, OriginNotAllowed, NotFound,
        MethodNotAllowed, NotAcceptable, RequestTimeout, UsernameTaken, SlugTaken, IdempotencyUnderWay, RoleTaken, RoleInUse, RoleBuiltIn,
        WouldLockOutEditor, LastManager, LastSecondFactor, NoSecondFactor, QuotaExceeded, TooManyApiKeys, ApiKeyExpired, TooManyDomains, TooManySnippets, PrimarySnippet, NoSuchVersion,
        TooManySupportGrants, TenantDeleting, TenantNotDeletable, BackupUnderWay, BackupsNotConfigured, TransitionNotAllowed, PreconditionFailed,
        BodyTooLarge, UriTooLong, UnsupportedMediaType, IdempotencyMismatch, PreconditionRequired, TooManyAttempts, TooManyIdempotencyKeys, HeadersTooLarge, InternalError, Unavailable, ReportIntakeFull, Busy,
    ];

    /// <summary>Where the documentation explains it; relative, so that no host header can change it.</summary>
    public string Type { get; } = "/docs#" + Code;

    /// <summary>The kind that a bare status of the server or of routing stands for.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        404 => NotFound,
        405 => MethodNotAllowed,
        406 => NotAcceptable,
        408 => RequestTimeout,
        413 => BodyTooLarge,
        414 => UriTooLong,
        415 => UnsupportedMediaType,
        429 => TooManyAttempts,
        431 => HeadersTooLarge,
        503 => Unavailable,
        >= 500 => InternalError,
        _ => InvalidRequest,
    };
}
