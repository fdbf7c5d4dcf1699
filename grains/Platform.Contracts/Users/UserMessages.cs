using System.Collections.Immutable;
using Platform.SecondFactors;

namespace Platform.Users;

public enum UserStatus
{
    Active = 1,

    /// <summary>The user cannot sign in and has no live session (row DISABLE).</summary>
    Disabled = 2,

    /// <summary>Without a password: the user becomes active by the invitation, and cannot sign in before (decision 99).</summary>
    Invited = 3,
}

/// <summary>A user as managers and the user may see it: nothing secret.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserView")]
public sealed record UserView
{
    [Id(0)] public required UserId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }

    /// <summary>The name as typed at creation; the platform compares names in normalised form.</summary>
    [Id(2)] public required string Username { get; init; }
    [Id(3)] public required string Email { get; init; }
    [Id(4)] public required UserStatus Status { get; init; }
    [Id(5)] public required Permissions Permissions { get; init; }
    [Id(6)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(7)] public required DateTimeOffset PasswordChangedAt { get; init; }

    /// <summary>The role that gives the permissions; null if the user has them without a role.</summary>
    [Id(20)] public string? Role { get; init; }

    /// <summary>For the user and managers. Null: not told, or a list does not know it yet.</summary>
    [Id(21)] public SecondFactorMethods? SecondFactors { get; init; }

    /// <summary>Lists tell it to managers. Null: never, or not told.</summary>
    [Id(22)] public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>For the user and managers: its owner has confirmed the address, or used a link that was sent to it. Null: not told.</summary>
    [Id(23)] public bool? EmailVerified { get; init; }

    /// <summary>For the user and managers: the address that waits for its owner. Null: none, or not told.</summary>
    [Id(24)] public string? PendingEmail { get; init; }

    /// <summary>When the link to <see cref="PendingEmail"/> runs out.</summary>
    [Id(25)] public DateTimeOffset? PendingEmailUntil { get; init; }

    /// <summary>For managers: until when the invitation that was sent last is good. Null: none is, or not told.</summary>
    [Id(26)] public DateTimeOffset? InvitationExpiresAt { get; init; }

    /// <summary>The user's role, or the built-in one with the same permissions.</summary>
    public string? EffectiveRole => Role ?? Users.Role.BuiltIn.FirstOrDefault(role => role.Permissions == Permissions)?.Name;
}

[GenerateSerializer, Immutable, Alias("platform.NewUser")]
public sealed record NewUser
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required string Username { get; init; }
    [Id(2)] public required string Email { get; init; }

    /// <summary>Null: the user is invited, and chooses it.</summary>
    [Id(3)] public required string? Password { get; init; }
    [Id(4)] public required Permissions Permissions { get; init; }

    /// <summary>A role in place of permissions of the user's own.</summary>
    [Id(20)] public string? Role { get; init; }

    /// <summary>The first password is good for choosing another one, and for nothing else (decision 107).</summary>
    [Id(21)] public bool MustChangePassword { get; init; }

    /// <summary>The id that the user gets: a repeated creation with the same id finds what the first one made. Null: a new one.</summary>
    [Id(5)] public UserId? Id { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => $"NewUser {{ TenantId = {TenantId} }}";
}

/// <summary>A change of a user; null leaves a part unchanged. Permissions replace a role and a role replaces permissions; never give both.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserChange")]
public sealed record UserChange
{
    [Id(0)] public UserStatus? Status { get; init; }

    /// <summary>Counts once its owner has confirmed it; the present one withdraws what waits.</summary>
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
