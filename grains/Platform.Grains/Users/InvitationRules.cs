using System.Security.Cryptography;
using Platform.Clocks;

namespace Platform.Users;

/// <summary>The rules of invitations: who follows the link sets the password, and the address is known to be the owner's (decision 99). Pure.</summary>
internal static class InvitationRules
{
    /// <summary>Of an invitation: it waits for somebody who does not expect it.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromDays(7);

    public static Outcome NotInvited { get; } = InputErrors.Of(new InputError("", "user_not_invited", "Invite users who have no password yet, and enable those who are disabled first."));

    /// <summary>A new link, in place of any other.</summary>
    public static Outcome<StoredUser> Invite(StoredUser user, EmailLink link)
    {
        if (user.Status != UserStatus.Invited) return NotInvited;
        if (LinkBudget.Take(StateOf(user).LinksAt, link.Now, out var wait) is not { } sent) return new Outcome { Refusal = Refusal.TooManyAttempts, RetryAfter = wait };
        return user with
        {
            Invitation = new StoredInvitation
            {
                SecretHash = [.. SHA256.HashData(link.Secret)], ExpiresAt = link.Now + LinkLifetime, TenantEpoch = link.TenantEpoch, LinksAt = sent,
            },
        };
    }

    public static bool IsOpen(StoredUser user, ReadOnlySpan<byte> secretHash, DateTimeOffset now) =>
        user.Status == UserStatus.Invited
        && StoredTime.IsOpen(StateOf(user).ExpiresAt, LinkLifetime, now)
        && CryptographicOperations.FixedTimeEquals(StateOf(user).SecretHash.AsSpan(), secretHash);

    /// <summary>Active, at an address that its owner has read. The password comes with the same write.</summary>
    public static StoredUser Accept(StoredUser user) => EmailRules.Verified(user) with { Status = UserStatus.Active, Invitation = null };

    /// <summary>The same value where no link waits.</summary>
    public static StoredUser WithoutLink(StoredUser user) =>
        user.Invitation is { ExpiresAt: not null } invitation ? user with { Invitation = new StoredInvitation { LinksAt = invitation.LinksAt } } : user;

    /// <summary>What a change of the status makes of it: one without a password is invited until it has one.</summary>
    public static UserStatus After(StoredUser user, UserStatus asked) => asked == UserStatus.Active && user.PasswordHash.Length == 0 ? UserStatus.Invited : asked;

    /// <summary>Without times that a clock ahead of now has stored. The same value when there are none.</summary>
    public static StoredInvitation? AsOf(StoredInvitation? invitation, DateTimeOffset now)
    {
        if (invitation is null) return null;
        var link = invitation.ExpiresAt is { } end && StoredTime.IsAhead(end - LinkLifetime, now);
        var links = StoredTime.Past(invitation.LinksAt, now);
        return !link && links == invitation.LinksAt ? invitation : (link ? StoredInvitation.None : invitation) with { LinksAt = links };
    }

    private static StoredInvitation StateOf(StoredUser user) => user.Invitation ?? StoredInvitation.None;
}
