using System.Collections.Immutable;
using Platform.Snippets;

namespace Platform.Sessions;

/// <summary>
/// What became of a session. <see cref="Live"/> is the only accepted one. Callers on the wire see one refusal for all others;
/// the owner sees the reason in the list of own sessions.
/// </summary>
public enum SessionState
{
    /// <summary>No such session, or the secret does not belong to it.</summary>
    Unknown = 0,
    Live = 1,

    /// <summary>Refused because <c>now - lastActivity &gt;= idleTimeout</c> (row TIMEOUT).</summary>
    Idle = 2,

    /// <summary>Refused because <c>now &gt;= createdAt + absoluteTimeout</c> (row TIMEOUT).</summary>
    Absolute = 3,
    SignedOut = 4,

    /// <summary>Ended by its owner from another session, by a manager, or because the owner exceeded the number of sessions.</summary>
    Revoked = 5,
    PasswordChanged = 6,
    UserDisabled = 7,
    TenantRevoked = 8,
    IpNotAllowed = 9,

    /// <summary>Alive, but limited to setting up a second factor, and asked for more. Never stored: a host's answer only.</summary>
    EnrolmentOnly = 10,

    /// <summary>Opened from a page and used elsewhere, or from one whose domain is not proven any more. Ends nothing; never stored.</summary>
    OriginNotAllowed = 11,
}

/// <summary>What a session is good for. Stored: values are for ever.</summary>
public enum SessionScope
{
    Full = 0,

    /// <summary>Setting up a second factor and nothing else: the tenant requires one and the user has none.</summary>
    Enrolment = 1,
}

/// <summary>Where the token of a session goes.</summary>
public enum SessionTransport
{
    Cookie = 0,
    Token = 1,
}

/// <summary>Both limits of a session, within platform bounds: idle never above absolute.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionPolicy")]
public sealed record SessionPolicy([property: Id(0)] TimeSpan IdleTimeout, [property: Id(1)] TimeSpan AbsoluteTimeout);

/// <summary>Whom a session speaks for. Pushed into live sessions by the user's grain when it changes.</summary>
/// <param name="Username">As it was typed at creation.</param>
/// <param name="Permissions">Where there is a role, what that gives now.</param>
/// <param name="Role">Null where permissions were given without one.</param>
[GenerateSerializer, Immutable, Alias("platform.SessionSubject")]
public sealed record SessionSubject(
    [property: Id(0)] string Username, [property: Id(1)] Permissions Permissions, [property: Id(20)] string? Role = null);

/// <summary>A live session as its holder may see it.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionView")]
public sealed record SessionView
{
    [Id(0)] public required SessionId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required UserId UserId { get; init; }
    [Id(3)] public required SessionSubject Subject { get; init; }
    [Id(4)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(5)] public required DateTimeOffset LastActivityAt { get; init; }
    [Id(6)] public required DateTimeOffset IdleExpiresAt { get; init; }
    [Id(7)] public required DateTimeOffset AbsoluteExpiresAt { get; init; }

    /// <summary>RFC 8176 values, such as <c>pwd</c> and <c>otp</c>.</summary>
    [Id(8)] public required ImmutableArray<string> AuthenticationMethods { get; init; }
    [Id(9)] public SessionScope Scope { get; init; }

    /// <summary>When a second factor was last proven in it.</summary>
    [Id(10)] public DateTimeOffset? SecondFactorAt { get; init; }

    /// <summary>The page that it is bound to; null where it was not opened from one.</summary>
    [Id(40)] public PageOrigin? Page { get; init; }

    /// <inheritdoc cref="Tenants.TenantPolicySnapshot.SecurityTesting"/>
    [Id(100)] public bool SecurityTesting { get; init; }
}

/// <summary>Answer to a peek or touch. <see cref="View"/> is present exactly when <see cref="State"/> is <see cref="SessionState.Live"/>.</summary>
/// <param name="State">What became of it.</param>
/// <param name="View">As its holder may see it.</param>
/// <param name="Silo">Where it lives, if that silo gives replicas of it.</param>
[GenerateSerializer, Immutable, Alias("platform.SessionCheck")]
public readonly record struct SessionCheck([property: Id(0)] SessionState State, [property: Id(1)] SessionView? View, [property: Id(2)] string? Silo = null);

/// <summary>A session to be opened. The secret itself stays with the host that seals it into the token.</summary>
[GenerateSerializer, Immutable, Alias("platform.NewSession")]
public sealed record NewSession
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required UserId UserId { get; init; }
    [Id(2)] public required SessionSubject Subject { get; init; }

    /// <summary>SHA-256 of the 256-bit secret.</summary>
    [Id(3)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(4)] public required SessionPolicy Policy { get; init; }
    [Id(5)] public required ImmutableArray<string> AuthenticationMethods { get; init; }
    [Id(6)] public required ClientInfo Client { get; init; }
    [Id(7)] public SessionScope Scope { get; init; }
    [Id(8)] public DateTimeOffset? SecondFactorAt { get; init; }

    /// <inheritdoc cref="Tenants.TenantPolicySnapshot.Epoch"/>
    [Id(20)] public required int TenantEpoch { get; init; }

    /// <inheritdoc cref="SessionView.Page"/>
    [Id(40)] public PageOrigin? Page { get; init; }
}

/// <summary>A session in a list: for its owner and for managers. Ended ones say why.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionListing")]
public sealed record SessionListing
{
    [Id(0)] public required SessionId Id { get; init; }
    [Id(1)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(2)] public required DateTimeOffset LastActivityAt { get; init; }
    [Id(3)] public required DateTimeOffset IdleExpiresAt { get; init; }
    [Id(4)] public required DateTimeOffset AbsoluteExpiresAt { get; init; }
    [Id(5)] public required ClientInfo Client { get; init; }

    /// <summary><see cref="SessionState.Live"/>, or why it ended.</summary>
    [Id(6)] public required SessionState State { get; init; }
    [Id(7)] public required DateTimeOffset? EndedAt { get; init; }
}
