using System.Collections.Immutable;
using Platform.Sessions;

namespace Platform.Users;

public enum UserStatus
{
    Active = 1,

    /// <summary>Cannot sign in, has no live session (row DISABLE).</summary>
    Disabled = 2,
}

/// <summary>A user as managers and the user may see it: nothing secret.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserView")]
public sealed record UserView
{
    [Id(0)] public required UserId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }

    /// <summary>As it was typed at creation; compared in normalised form.</summary>
    [Id(2)] public required string Username { get; init; }
    [Id(3)] public required string Email { get; init; }
    [Id(4)] public required UserStatus Status { get; init; }
    [Id(5)] public required Permissions Permissions { get; init; }
    [Id(6)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(7)] public required DateTimeOffset PasswordChangedAt { get; init; }

    /// <summary>Where the permissions come from; null when the user holds them without a role.</summary>
    [Id(20)] public string? Role { get; init; }

    /// <summary>The user's role, or the built-in one that is worth the same permissions.</summary>
    public string? EffectiveRole => Role ?? RoleSet.BuiltIn.FirstOrDefault(role => role.Permissions == Permissions)?.Name;
}

[GenerateSerializer, Immutable, Alias("platform.NewUser")]
public sealed record NewUser
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required string Username { get; init; }
    [Id(2)] public required string Email { get; init; }
    [Id(3)] public required string Password { get; init; }
    [Id(4)] public required Permissions Permissions { get; init; }

    /// <summary>In place of permissions of its own.</summary>
    [Id(20)] public string? Role { get; init; }

    /// <summary>The id that the user gets: a repeated creation with the same id finds what the first one made. Null: a new one.</summary>
    [Id(5)] public UserId? Id { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => $"NewUser {{ TenantId = {TenantId} }}";
}

/// <summary>Who acts, as the host established it from a live session. Grains check it against the data that they own.</summary>
[GenerateSerializer, Immutable, Alias("platform.Actor")]
public sealed record Actor
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required UserId UserId { get; init; }
    [Id(2)] public required SessionId SessionId { get; init; }
    [Id(3)] public required Permissions Permissions { get; init; }

    /// <summary>Where the request came from: for the access log, and guesses at passwords are counted by it.</summary>
    [Id(4)] public ClientInfo? Client { get; init; }

    /// <summary>Of the acting user, as the session knows it; for the access log.</summary>
    [Id(5)] public string? Username { get; init; }

    /// <summary>When the session was opened; null: not lately.</summary>
    [Id(6)] public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <inheritdoc cref="SessionView.SecondFactorAt"/>
    [Id(7)] public DateTimeOffset? SecondFactorAt { get; init; }

    /// <summary>Present where an API key acts: then there is neither user nor session.</summary>
    [Id(50)] public ApiKeyId? ApiKey { get; init; }

    /// <summary>Present where an operator reads under a grant of the tenant: then <see cref="UserId"/> and <see cref="SessionId"/> are the operator's, of another tenant.</summary>
    [Id(60)] public SupportGrantId? SupportGrant { get; init; }

    public bool Holds(Permissions permission) => Rights.Holds(Permissions, permission);
}

/// <summary>What of a user is to change; null leaves a part as it is. Permissions take a role away, a role takes the place of permissions; never both.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserChange")]
public sealed record UserChange
{
    [Id(0)] public UserStatus? Status { get; init; }
    [Id(1)] public string? Email { get; init; }
    [Id(2)] public Permissions? Permissions { get; init; }
    [Id(20)] public string? Role { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.PasswordChange")]
public sealed record PasswordChange
{
    [Id(0)] public required string CurrentPassword { get; init; }
    [Id(1)] public required string NewPassword { get; init; }

    /// <summary>Hash of the new secret of the acting session, whose old token dies with the change (ASVS 7.2.4).</summary>
    [Id(2)] public required ImmutableArray<byte> NewSecretHash { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(PasswordChange);
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
