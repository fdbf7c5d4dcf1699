using System.Collections.Immutable;

namespace Platform;

/// <summary>Why a call was refused. Closed set, mapped to HTTP in one place (the API's Refusals). Outages and bugs are exceptions, never refusals.</summary>
public enum Refusal
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>Absent, foreign or hidden. One value on purpose, so that nobody can probe ids of others.</summary>
    NotFound = 1,

    /// <summary>The actor is a member but lacks the permission.</summary>
    Forbidden = 2,

    /// <summary>Unknown tenant, unknown name, wrong password, disabled user. One value on purpose (row LOGIN).</summary>
    InvalidCredentials = 3,

    /// <summary>The session is dead, unknown or not the caller's.</summary>
    SessionInvalid = 4,

    /// <summary>Input has errors; each is named.</summary>
    InvalidRequest = 5,

    /// <summary>The password breaks the policy; each unmet rule is named (row PWPOLICY).</summary>
    PasswordPolicy = 6,

    UsernameTaken = 7,
    SlugTaken = 8,

    /// <summary>The tenant would be left without an active user who can manage users.</summary>
    LastManager = 9,

    /// <summary>The feature is not part of the tenant's edition.</summary>
    EditionRequired = 10,

    /// <summary>The hashing queue is full; try again soon (row DDOS). Nothing was done.</summary>
    Busy = 11,

    /// <summary>Too many failures at this account, whether it exists or not; try again after <see cref="Outcome{T}.RetryAfter"/>. Nothing was checked.</summary>
    TooManyAttempts = 12,

    /// <summary>The link was used, replaced, cancelled, has run out, or never was one. One value on purpose.</summary>
    InvalidToken = 13,

    /// <summary>Challenge or code is wrong, used up or has run out. One value on purpose.</summary>
    InvalidCode = 14,

    /// <summary>The operator has not switched the feature on for the tenant.</summary>
    FeatureRequired = 15,

    /// <summary>The session's authentication is too old for this call, or was without the second factor (ASVS 7.5.1).</summary>
    ReauthenticationRequired = 16,

    /// <summary>The tenant requires a second factor and this is the last one.</summary>
    LastSecondFactor = 17,

    /// <summary>There is no such factor.</summary>
    NoSecondFactor = 18,

    /// <summary>The right password, but not from this address (row IPRULES).</summary>
    IpNotAllowed = 40,

    /// <summary>The new rules would refuse their editor's own address.</summary>
    WouldLockOutEditor = 41,

    RoleTaken = 30,

    /// <summary>Users hold the role; give them others first.</summary>
    RoleInUse = 31,

    /// <summary>Built-in roles are the same everywhere, for ever.</summary>
    RoleBuiltIn = 32,

    /// <summary>The change must name the version that it is meant for, and does not (RFC 6585).</summary>
    PreconditionRequired = 33,

    /// <summary>Somebody else has changed it meanwhile (threat T53).</summary>
    PreconditionFailed = 34,

    /// <summary>The tenant has reached its limit of API keys.</summary>
    TooManyApiKeys = 50,

    /// <summary>The key has ended: no secret can make it count again.</summary>
    ApiKeyExpired = 51,

    /// <summary>The tenant has reached its limit of open support grants.</summary>
    TooManySupportGrants = 60,

    /// <summary>The call needs a second factor and the actor has none (row SUPPORT).</summary>
    SecondFactorEnrolmentRequired = 61,

    /// <summary>A snippet cannot work on this domain.</summary>
    InvalidDomain = 80,

    /// <summary>A second domain needs the feature for several (row SEGREGATION).</summary>
    MultiDomainRequired = 81,

    TooManyDomains = 82,
    TooManySnippets = 83,

    /// <summary>The snippet that was made with the tenant cannot be deleted.</summary>
    PrimarySnippet = 84,

    /// <summary>The check did not find the proof.</summary>
    DomainNotProven = 85,

    /// <summary>The version was never published, or is not kept any more.</summary>
    NoSuchVersion = 86,

    /// <summary>The page is not on a proven domain of the snippet.</summary>
    OriginNotAllowed = 87,

    /// <summary>The tenant has as much of it as its edition allows (row DDOS).</summary>
    QuotaExceeded = 90,

    /// <summary>No further vulnerability report is taken now: too many are open, or they take too much room (row VULN). Nothing was kept.</summary>
    ReportIntakeFull = 100,

    /// <summary>A vulnerability report does not go from its state to that one.</summary>
    TransitionNotAllowed = 101,

    /// <summary>The data of the tenant are being destroyed, which cannot be taken back.</summary>
    TenantDeleting = 110,

    /// <summary>The tenant of the operators stays.</summary>
    TenantNotDeletable = 111,

    /// <summary>Another backup of the platform is being made; two are never made at once.</summary>
    BackupUnderWay = 120,

    /// <summary>The silos have no folder for backups.</summary>
    BackupsNotConfigured = 121,
}

/// <summary>One fault of the input: a JSON pointer into the body, a code of a closed set and a sentence that says what to do.</summary>
[GenerateSerializer, Immutable, Alias("platform.InputError")]
public sealed record InputError([property: Id(0)] string Pointer, [property: Id(1)] string Code, [property: Id(2)] string Detail);

/// <summary>Answer of a grain to a request that may be refused.</summary>
[GenerateSerializer, Immutable, Alias("platform.Outcome")]
public sealed record Outcome
{
    public static readonly Outcome Done = new();

    [Id(0)] public Refusal Refusal { get; init; }

    [Id(1)] public ImmutableArray<InputError> Errors { get; init; } = [];

    /// <inheritdoc cref="Outcome{T}.RetryAfter"/>
    [Id(2)] public TimeSpan? RetryAfter { get; init; }

    public bool Succeeded => Refusal == Refusal.None;

    public static implicit operator Outcome(Refusal refusal) => new() { Refusal = refusal };
}

/// <inheritdoc cref="Outcome"/>
[GenerateSerializer, Immutable, Alias("platform.Outcome`1")]
public sealed record Outcome<T> where T : class
{
    /// <summary>Present exactly when not refused.</summary>
    [Id(0)] public T? Value { get; init; }

    [Id(1)] public Refusal Refusal { get; init; }

    [Id(2)] public ImmutableArray<InputError> Errors { get; init; } = [];

    /// <summary>How long to wait, if waiting helps.</summary>
    [Id(3)] public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same refusal as the answer to another request.</summary>
    public Outcome ToRefused() => new() { Refusal = Refusal, Errors = Errors, RetryAfter = RetryAfter };

    public static implicit operator Outcome<T>(T value) => new() { Value = value };

    public static implicit operator Outcome<T>(Refusal refusal) => new() { Refusal = refusal };

    public static implicit operator Outcome<T>(Outcome refused) => new() { Refusal = refused.Refusal, Errors = refused.Errors, RetryAfter = refused.RetryAfter };
}
