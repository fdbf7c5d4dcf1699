using System.Text.Json.Serialization;
using Platform.Api.Idempotency;
using Platform.Api.SecondFactors;
using Platform.SecondFactors;
using Platform.Users;

namespace Platform.Api.Users;

[JsonDerivedType(typeof(DetailedUserBody))]
[JsonDerivedType(typeof(ManagedUserBody))]
internal record UserBody(
    UserId Id,
    TenantId TenantId,
    string Username,
    string Email,
    UserStatus Status,
    IReadOnlyList<string> Permissions,
    string? Role,
    DateTimeOffset CreatedAt,
    DateTimeOffset PasswordChangedAt) : IAboutPerson
{
    UserId IAboutPerson.Person => Id;

    /// <summary>With what is for managers and the user, where it is told.</summary>
    public static UserBody Of(UserView view) => view.EmailVerified is null ? Plain(view) : DetailedUserBody.Of(view);

    protected static UserBody Plain(UserView view) => new(
        view.Id,
        view.TenantId,
        view.Username,
        view.Email,
        view.Status,
        PermissionNames.ToNames(view.Permissions),
        view.EffectiveRole,
        view.CreatedAt,
        view.PasswordChangedAt);
}

/// <summary>For managers and the user.</summary>
internal record DetailedUserBody : UserBody
{
    protected DetailedUserBody(UserBody user) : base(user) { }

    /// <summary>Its owner has confirmed the address, or used a link that was sent to it.</summary>
    public required bool EmailVerified { get; init; }

    /// <summary>The address that takes the place of <c>email</c> once its owner confirms it. Null: none waits.</summary>
    public required string? PendingEmail { get; init; }

    /// <summary>Until when the invitation that was sent last is good. Absent: none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? InvitationExpiresAt { get; init; }

    public static new DetailedUserBody Of(UserView user) => new(Plain(user))
    {
        EmailVerified = user.EmailVerified == true, PendingEmail = user.PendingEmail, InvitationExpiresAt = user.InvitationExpiresAt,
    };
}

/// <summary>In lists for managers.</summary>
internal sealed record ManagedUserBody : DetailedUserBody
{
    private ManagedUserBody(UserBody user) : base(user) { }

    /// <summary>totp, sms; null: not known until the next change of the user.</summary>
    public required IReadOnlyList<SecondFactorMethod>? SecondFactors { get; init; }

    /// <summary>Null: never.</summary>
    public required DateTimeOffset? LastSignInAt { get; init; }

    public static new ManagedUserBody Of(UserView user) => new(Plain(user))
    {
        EmailVerified = user.EmailVerified == true,
        PendingEmail = user.PendingEmail,
        InvitationExpiresAt = user.InvitationExpiresAt,
        SecondFactors = ToMethods(user.SecondFactors),
        LastSignInAt = user.LastSignInAt,
    };

    private static IReadOnlyList<SecondFactorMethod>? ToMethods(SecondFactorMethods? factors) => factors is not { } set ? null :
    [
        .. set.HasFlag(SecondFactorMethods.Totp) ? [SecondFactorMethod.Totp] : ReadOnlySpan<SecondFactorMethod>.Empty,
        .. set.HasFlag(SecondFactorMethods.Sms) ? [SecondFactorMethod.Sms] : ReadOnlySpan<SecondFactorMethod>.Empty,
    ];
}

/// <summary>Own profile.</summary>
internal sealed record MeBody : DetailedUserBody
{
    private MeBody(UserBody user) : base(user) { }

    public required SecondFactorsBody SecondFactors { get; init; }

    public static MeBody Of(UserView user, SecondFactorsView factors) => new(Plain(user))
    {
        EmailVerified = user.EmailVerified == true, PendingEmail = user.PendingEmail, SecondFactors = SecondFactorsBody.Of(factors),
    };
}

/// <summary>Either <c>permissions</c> or <c>role</c>.</summary>
internal sealed record NewUserBody
{
    public required string Username { get; init; }

    public required string Email { get; init; }

    /// <summary>Absent: the user is invited, and chooses it.</summary>
    public string? Password { get; init; }

    /// <summary>True by default: the password is good for one sign-in, in which the user chooses another one. Only with a password.</summary>
    public bool? MustChangePassword { get; init; }

    public string[]? Permissions { get; init; }

    public string? Role { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(NewUserBody);
}

/// <summary>What a manager can set the status to.</summary>
internal enum NewUserStatus
{
    Active = UserStatus.Active,
    Disabled = UserStatus.Disabled,
}

/// <summary>An absent member changes nothing.</summary>
internal sealed record UserChangeBody
{
    /// <summary>A disabled user without a password becomes invited by <c>active</c>.</summary>
    public NewUserStatus? Status { get; init; }

    /// <summary>Shown as <c>pendingEmail</c> until its owner confirms it; the present address withdraws it. An invited user's counts at once, and voids the invitation.</summary>
    public string? Email { get; init; }

    public string? Role { get; init; }
}

internal sealed record PermissionsBody
{
    public required string[] Permissions { get; init; }
}

internal sealed record EmailChangeBody
{
    public required string Email { get; init; }

    /// <summary>The present one.</summary>
    public required string Password { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(EmailChangeBody);
}

internal sealed record PasswordChangeBody
{
    public required string CurrentPassword { get; init; }

    public required string NewPassword { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(PasswordChangeBody);
}
