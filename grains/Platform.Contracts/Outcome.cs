using System.Collections.Immutable;

namespace Platform;

/// <summary>Why a call was refused. Closed set, mapped to HTTP in one place (the API's Refusals). Outages and bugs are exceptions, never refusals.</summary>
public enum Refusal
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>Absent, foreign or hidden: alike on purpose, so that ids of others cannot be probed.</summary>
    NotFound = 1,

    /// <summary>The actor is a member but lacks the permission.</summary>
    Forbidden = 2,

    /// <summary>Unknown tenant, unknown name, wrong password, disabled user: alike on purpose (row LOGIN).</summary>
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

    /// <summary>The link was used, replaced, cancelled, has run out, or never was one: alike on purpose.</summary>
    InvalidToken = 13,

    /// <summary>Challenge or code is wrong, used up or has run out: alike on purpose.</summary>
    InvalidCode = 14,

    /// <summary>The operator has not switched the feature on for the tenant.</summary>
    FeatureRequired = 15,

    /// <summary>The session's authentication is too old, or was without the second factor, for what is asked (ASVS 7.5.1).</summary>
    ReauthenticationRequired = 16,

    /// <summary>The tenant requires a second factor and this is the last one.</summary>
    LastSecondFactor = 17,

    /// <summary>There is no such factor.</summary>
    NoSecondFactor = 18,

    /// <summary>The right password, but not from this address (row IPRULES).</summary>
    IpNotAllowed = 40,

    /// <summary>Their editor would be refused from where it is now.</summary>
    WouldLockOutEditor = 41,

    RoleTaken = 30,

    /// <summary>Users hold the role; give them others first.</summary>
    RoleInUse = 31,

    /// <summary>Built-in roles are the same everywhere, for ever.</summary>
    RoleBuiltIn = 32,

    /// <summary>A change that must name the version it is meant for names none (RFC 6585).</summary>
    PreconditionRequired = 33,

    /// <summary>Somebody else has changed it meanwhile (threat T53).</summary>
    PreconditionFailed = 34,

    /// <summary>The tenant has as many API keys as it may have.</summary>
    TooManyApiKeys = 50,

    /// <summary>The tenant has as many open support grants as it may have.</summary>
    TooManySupportGrants = 60,

    /// <summary>What is asked takes a second factor and the actor has none (row SUPPORT).</summary>
    SecondFactorEnrolmentRequired = 61,

    /// <summary>No domain that a snippet can work on.</summary>
    InvalidDomain = 80,

    /// <summary>A second domain takes the feature for several (row SEGREGATION).</summary>
    MultiDomainRequired = 81,

    TooManyDomains = 82,
    TooManySnippets = 83,

    /// <summary>The snippet that was made with the tenant stays.</summary>
    PrimarySnippet = 84,

    /// <summary>The proof was not found where it has to be.</summary>
    DomainNotProven = 85,

    /// <summary>It was never published, or is not kept any more.</summary>
    NoSuchVersion = 86,

    /// <summary>No proven domain of the snippet.</summary>
    OriginNotAllowed = 87,

    /// <summary>The tenant has as much of it as its edition allows (row DDOS).</summary>
    QuotaExceeded = 90,
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

    /// <summary>How long to wait, where waiting helps.</summary>
    [Id(3)] public TimeSpan? RetryAfter { get; init; }

    public static implicit operator Outcome<T>(T value) => new() { Value = value };

    public static implicit operator Outcome<T>(Refusal refusal) => new() { Refusal = refusal };

    public static implicit operator Outcome<T>(Outcome refused) => new() { Refusal = refused.Refusal, Errors = refused.Errors, RetryAfter = refused.RetryAfter };
}
