using System.Collections.Immutable;
using Platform.Audit;
using Platform.Sessions;
using Platform.Text;

namespace Platform.Users;

/// <summary>Entries for the access log about a user, written before the change.</summary>
internal static class UserAuditEntries
{
    public const string WrongPasswordReason = "wrong_password";
    public const string AddressReason = "ip_not_allowed";
    public const string WrongCodeReason = "invalid_code";

    /// <summary>By the link in the notice about its sign-in.</summary>
    public const string NoticeReason = "sign_in_notice";

    private const string SurplusReason = "too_many_sessions";
    private const string RevokedReason = "revoked";

    public static AuditParty PartyOf(UserId id, StoredUser user) => new(AuditParties.User, id.ToString(), user.Username);

    public static AuditEntry By(Actor actor, UserId id, StoredUser user, string action, params ReadOnlySpan<AuditChange?> changes) =>
        AuditEntry.By(actor, action, PartyOf(id, user), changes);

    /// <inheritdoc cref="AuditEntry.ByCommand"/>
    public static AuditEntry ByCommand(string command, UserId id, StoredUser user, string action, ClientInfo client, params ReadOnlySpan<AuditChange?> changes) =>
        AuditEntry.ByCommand(command, action, PartyOf(id, user), client, changes);

    public static AuditEntry Failed(AuditEntry entry, string reason) => entry with { Outcome = AuditOutcome.Failure, Reason = reason };

    /// <summary>What <paramref name="cause"/> does to these sessions, one entry each.</summary>
    public static ImmutableArray<AuditEntry> With(AuditEntry cause, ImmutableArray<ListedSession> revoked, SessionState reason) =>
        [cause, .. Revoked(cause, revoked, SnakeCase.Of(reason))];

    /// <summary>Ended by somebody, not by what was done to the account.</summary>
    public static ImmutableArray<AuditEntry> Revoked(Actor actor, UserId id, StoredUser user, ImmutableArray<ListedSession> sessions) =>
        [.. Revoked(By(actor, id, user, AuditActions.SessionRevoked), sessions, RevokedReason)];

    public static ImmutableArray<AuditEntry> SignedIn(UserId id, StoredUser user, SessionId session, ClientInfo client, ImmutableArray<ListedSession> surplus) =>
    [
        AuditEntry.ByOwner(PartyOf(id, user), AuditActions.SessionSignedIn, client) with { Session = session },
        .. Revoked(AuditEntry.BySystem(AuditActions.SessionRevoked, PartyOf(id, user)), surplus, SurplusReason),
    ];

    public static AuditEntry Created(UserId id, StoredUser user, Actor? actor) => (actor is null
        ? AuditEntry.BySystem(AuditActions.UserCreated, PartyOf(id, user))
        : AuditEntry.By(actor, AuditActions.UserCreated, PartyOf(id, user))) with
    {
        Changes = AuditChanges.Of(
            AuditChanges.Text("/username", null, user.Username),
            AuditChanges.Text("/email", null, user.Email),
            user.Role is null ? AuditChanges.Rights("/permissions", null, user.Permissions) : AuditChanges.Text("/role", null, user.Role),
            user.Status == UserStatus.Invited ? AuditChanges.Name<UserStatus>("/status", null, user.Status) : null),
    };

    /// <summary>By whoever held the invitation.</summary>
    public static AuditEntry Accepted(UserId id, StoredUser before, StoredUser next, ClientInfo? client) => AuditEntry.ByOwner(PartyOf(id, before), AuditActions.UserEnabled, client) with
    {
        Changes = AuditChanges.Of(AuditChanges.Name<UserStatus>("/status", before.Status, next.Status), AuditChanges.Secret("/password")),
    };

    /// <summary>An entry for each kind of change: status, rights, the address, the one that waits.</summary>
    public static ImmutableArray<AuditEntry> Changed(Actor actor, UserId id, StoredUser before, StoredUser next)
    {
        var entries = ImmutableArray.CreateBuilder<AuditEntry>();
        if (before.Status != next.Status)
        {
            var disabled = next.Status == UserStatus.Disabled;
            var action = disabled ? AuditActions.UserDisabled : AuditActions.UserEnabled;
            var entry = By(actor, id, before, action, AuditChanges.Name<UserStatus>("/status", before.Status, next.Status));
            entries.AddRange(disabled ? With(entry, before.Sessions, SessionState.UserDisabled) : [entry]);
        }

        if (before.Permissions != next.Permissions || before.Role != next.Role)
        {
            entries.Add(By(
                actor,
                id,
                before,
                AuditActions.UserPermissionsSet,
                AuditChanges.Text("/role", before.Role, next.Role),
                AuditChanges.Rights("/permissions", OwnRights(before), OwnRights(next))));
        }

        if (before.Email != next.Email) entries.Add(By(actor, id, before, AuditActions.UserUpdated, AuditChanges.Text("/email", before.Email, next.Email)));

        var (waited, waits) = (before.EmailState?.Pending, next.EmailState?.Pending);
        if (waited != waits)
        {
            // Asked for again, the address waits anew.
            var was = waited?.Address == waits?.Address ? null : waited?.Address;
            entries.Add(By(actor, id, before, AuditActions.UserUpdated, AuditChanges.Text("/pendingEmail", was, waits?.Address)));
        }

        return entries.DrainToImmutable();
    }

    /// <summary>By whoever held the link that was sent to the new address.</summary>
    public static AuditEntry EmailConfirmed(UserId id, StoredUser before, StoredUser next, ClientInfo? client) =>
        AuditEntry.ByOwner(PartyOf(id, before), AuditActions.UserUpdated, client) with { Changes = AuditChanges.Of(AuditChanges.Text("/email", before.Email, next.Email)) };

    private static IEnumerable<AuditEntry> Revoked(AuditEntry cause, ImmutableArray<ListedSession> sessions, string? reason) =>
        sessions.Select(s => cause with { Action = AuditActions.SessionRevoked, Session = s.Id, Reason = reason, Changes = [] });

    /// <summary>Null where they come from a role.</summary>
    private static Permissions? OwnRights(StoredUser user) => user.Role is null ? user.Permissions : null;
}
