namespace Platform.Users;

/// <summary>
/// What was handed out and waits to be presented: the reset link, the invitation, the address that waits for its owner with the link that confirms it, sign-ins that wait
/// for their second step with the codes that were sent for them, and factors that are being set up. The one place where they are given up (decision 69). Pure.
/// </summary>
internal static class WaitingProofs
{
    /// <summary>Of what is sealed into links and challenges.</summary>
    public const int SecretSize = 32;

    /// <summary>Of a reset link.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(30);

    /// <summary>Whether an account is still the one that a proof was handed out for.</summary>
    public static bool Survive(StoredUser before, StoredUser next) =>
        before.Email == next.Email
        && before.Status == next.Status
        && before.PasswordChangedAt == next.PasswordChangedAt
        && before.Role == next.Role
        && before.Permissions == next.Permissions
        && before.Factors?.Totp?.Secret == next.Factors?.Totp?.Secret
        && before.Factors?.Phone == next.Factors?.Phone
        && before.Deleted == next.Deleted;

    /// <summary>What is written: of an account that is now another, no proof but the address that the same change asks for.</summary>
    public static StoredUser After(StoredUser before, StoredUser next)
    {
        if (Survive(before, next)) return next;
        var cleared = Cleared(next);
        return next.EmailState is { Pending: { } pending } && pending != before.EmailState?.Pending ? cleared with { EmailState = next.EmailState } : cleared;
    }

    /// <summary>Without any of them.</summary>
    public static StoredUser Cleared(StoredUser user) => InvitationRules.WithoutLink(EmailRules.WithoutPending(WithoutLink(user))) with
    {
        Factors = user.Factors is { } factors ? factors with { Challenges = [], PendingTotp = null, PendingPhone = null } : null,
    };

    public static StoredUser WithoutLink(StoredUser user) => user with { ResetSecretHash = [], ResetExpiresAt = null };

    /// <summary>Without sign-ins under way and the address that waits: who ends all sessions does not mean to leave one that begins a moment later, nor what a session has begun.</summary>
    public static StoredUser WithoutWhatSessionsBegan(StoredUser user) =>
        EmailRules.WithoutPending(user.Factors is { } factors ? user with { Factors = factors with { Challenges = [] } } : user);
}
