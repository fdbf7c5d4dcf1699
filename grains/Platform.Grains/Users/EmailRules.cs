using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Audit;
using Platform.Clocks;

namespace Platform.Users;

/// <summary>A link that is about to be sent.</summary>
/// <param name="Secret">Of its token.</param>
/// <param name="TenantEpoch">Of the tenant now.</param>
/// <param name="Now">When it is made.</param>
internal sealed record EmailLink(byte[] Secret, int TenantEpoch, DateTimeOffset Now)
{
    /// <summary>Prints no secret.</summary>
    public override string ToString() => nameof(EmailLink);
}

/// <summary>The rules of a user's address: a new one counts once its owner has confirmed it, and the one before is told for a while (decision 106). Pure.</summary>
internal static class EmailRules
{
    /// <summary>Confirmed changes within <see cref="Watch"/>: nobody pushes the first address off the list of those that are told.</summary>
    public const int ChangesPerWatch = 5;

    /// <summary>Of a confirmation link: mail is read the next day, too.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(24);

    /// <summary>For so long a former address is told of resets.</summary>
    public static readonly TimeSpan Watch = TimeSpan.FromDays(7);

    public static StoredEmailState StateOf(StoredUser user) => user.EmailState ?? StoredEmailState.None;

    /// <summary>The new address waits, in place of any other; the present one withdraws it. The same value where nothing changes.</summary>
    public static Outcome<StoredUser> Request(StoredUser user, string address, EmailLink link)
    {
        if (address == user.Email) return WithoutPending(user);
        if (user.Status != UserStatus.Active) return InputErrors.Of(new InputError("/email", "user_disabled", "Enable the user first."));
        var state = Pruned(StateOf(user), link.Now);
        if (LinkBudget.Take(state.LinksAt, link.Now, out var wait) is not { } sent) return TooMany(wait);
        if (state.Former.Length >= ChangesPerWatch) return TooMany(state.Former[0].ReplacedAt + Watch - link.Now);
        var pending = new StoredPendingEmail
        {
            Address = address, SecretHash = [.. SHA256.HashData(link.Secret)], ExpiresAt = link.Now + LinkLifetime, TenantEpoch = link.TenantEpoch,
        };
        return user with { EmailState = state with { Pending = pending, LinksAt = sent } };
    }

    public static bool IsOpen(StoredUser user, ReadOnlySpan<byte> secretHash, DateTimeOffset now) =>
        StateOf(user).Pending is { } pending
        && StoredTime.IsOpen(pending.ExpiresAt, LinkLifetime, now)
        && CryptographicOperations.FixedTimeEquals(pending.SecretHash.AsSpan(), secretHash);

    /// <summary>The address that waits takes the place of the present one.</summary>
    public static UserTransition Confirm(UserId id, StoredUser user, ClientInfo? client, DateTimeOffset now)
    {
        var state = Pruned(StateOf(user), now);
        var next = user with
        {
            Email = state.Pending!.Address,
            EmailState = state with { Verified = true, Pending = null, Former = state.Former.Add(new FormerEmail(user.Email, now)) },
        };
        return new UserTransition(next, [UserAuditEntries.EmailConfirmed(id, user, next, client)], []);
    }

    /// <summary>Its owner has used a link that was sent to it.</summary>
    public static StoredUser Verified(StoredUser user) => user with { EmailState = StateOf(user) with { Verified = true } };

    /// <summary>Addresses that are told of a reset beside the present one.</summary>
    public static ImmutableArray<string> Watching(StoredUser user, DateTimeOffset now) =>
        [.. Pruned(StateOf(user), now).Former.Select(former => former.Address).Where(address => address != user.Email).Distinct(StringComparer.Ordinal)];

    public static StoredUser WithoutPending(StoredUser user) =>
        user.EmailState is { Pending: not null } state ? user with { EmailState = state with { Pending = null } } : user;

    /// <summary>Without what nothing asks for any more. The same value where there is nothing of it.</summary>
    public static StoredUser Pruned(StoredUser user, DateTimeOffset now) =>
        user.EmailState is { } state && Pruned(state, now) is var pruned && !ReferenceEquals(pruned, state) ? user with { EmailState = pruned } : user;

    /// <summary>Without times that a clock ahead of now has stored. The same value when there are none.</summary>
    public static StoredEmailState? AsOf(StoredEmailState? state, DateTimeOffset now)
    {
        if (state is null) return null;
        var link = state.Pending is { } pending && StoredTime.IsAhead(pending.ExpiresAt - LinkLifetime, now);
        var links = StoredTime.Past(state.LinksAt, now);
        if (!link && links == state.LinksAt && !state.Former.Any(former => StoredTime.IsAhead(former.ReplacedAt, now))) return state;
        return state with
        {
            Pending = link ? null : state.Pending,
            LinksAt = links,
            Former = [.. state.Former.Select(former => former with { ReplacedAt = StoredTime.Past(former.ReplacedAt, now) })],
        };
    }

    private static StoredEmailState Pruned(StoredEmailState state, DateTimeOffset now)
    {
        var links = LinkBudget.Counted(state.LinksAt, now);
        var former = state.Former.RemoveAll(one => now - one.ReplacedAt >= Watch);
        return links.Length == state.LinksAt.Length && former.Length == state.Former.Length ? state : state with { LinksAt = links, Former = former };
    }

    private static Outcome<StoredUser> TooMany(TimeSpan wait) => new() { Refusal = Refusal.TooManyAttempts, RetryAfter = wait };
}
