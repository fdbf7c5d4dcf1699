using System.Collections.Immutable;
using Platform.Audit;
using Platform.Sessions;
using Platform.Text;

namespace Platform.Users;

/// <summary>Entries for the access log about a user, written before the change.</summary>
public sealed partial class UserGrain
{
    private const string SurplusReason = "too_many_sessions";
    private const string RevokedReason = "revoked";
    private const string WrongPasswordReason = "wrong_password";
    private const string AddressReason = "ip_not_allowed";
    private const string WrongCodeReason = "invalid_code";

    /// <summary>The entries are on disk before the change is written. None: a change that is nobody's concern.</summary>
    private Task<UserView> SaveAsync(StoredUser next, ImmutableArray<AuditEntry> told, CancellationToken cancellationToken) =>
        told.IsEmpty ? SaveAsync(next, cancellationToken) : audit.RecordThenAsync(next.TenantId, told, () => SaveAsync(next, cancellationToken));

    private Task<UserView> SaveAsync(StoredUser next, AuditEntry told, CancellationToken cancellationToken) => SaveAsync(next, [told], cancellationToken);

    private AuditParty PartyOf(StoredUser user) => new(AuditParties.User, _id.ToString(), user.Username);

    private AuditEntry By(Actor actor, StoredUser user, string action, params ReadOnlySpan<AuditChange?> changes) =>
        AuditEntry.By(actor, action, PartyOf(user), changes);

    private Task RecordFailureAsync(StoredUser user, AuditEntry entry, string reason) =>
        audit.RecordAsync(user.TenantId, entry with { Outcome = AuditOutcome.Failure, Reason = reason });

    /// <summary>What <paramref name="cause"/> does to these sessions, one entry each.</summary>
    private static ImmutableArray<AuditEntry> With(AuditEntry cause, ImmutableArray<ListedSession> revoked, SessionState reason) =>
        [cause, .. Revoked(cause, revoked, SnakeCase.Of(reason))];

    private static IEnumerable<AuditEntry> Revoked(AuditEntry cause, ImmutableArray<ListedSession> sessions, string? reason) =>
        sessions.Select(s => cause with { Action = AuditActions.SessionRevoked, Session = s.Id, Reason = reason, Changes = [] });

    private ImmutableArray<AuditEntry> SignedIn(StoredUser user, SessionId session, ClientInfo client, ImmutableArray<ListedSession> surplus) =>
    [
        AuditEntry.ByOwner(PartyOf(user), AuditActions.SessionSignedIn, client) with { Session = session },
        .. Revoked(AuditEntry.BySystem(AuditActions.SessionRevoked, PartyOf(user)), surplus, SurplusReason),
    ];

    private AuditEntry Created(StoredUser user, Actor? actor) => (actor is null
        ? AuditEntry.BySystem(AuditActions.UserCreated, PartyOf(user))
        : AuditEntry.By(actor, AuditActions.UserCreated, PartyOf(user))) with
    {
        Changes = AuditChanges.Of(
            AuditChanges.Text("/username", null, user.Username),
            AuditChanges.Text("/email", null, user.Email),
            user.Role is null ? AuditChanges.Rights("/permissions", null, user.Permissions) : AuditChanges.Text("/role", null, user.Role)),
    };

    /// <summary>Null where they come from a role.</summary>
    private static Permissions? OwnRights(StoredUser user) => user.Role is null ? user.Permissions : null;

    /// <summary>An entry for each kind of change: status, rights, the rest.</summary>
    private ImmutableArray<AuditEntry> Changed(Actor actor, StoredUser before, StoredUser next)
    {
        var told = ImmutableArray.CreateBuilder<AuditEntry>();
        if (before.Status != next.Status)
        {
            var disabled = next.Status == UserStatus.Disabled;
            var entry = By(actor, before, disabled ? AuditActions.UserDisabled : AuditActions.UserEnabled, AuditChanges.Name<UserStatus>("/status", before.Status, next.Status));
            told.AddRange(disabled ? With(entry, before.Sessions, SessionState.UserDisabled) : [entry]);
        }

        if (before.Permissions != next.Permissions || before.Role != next.Role)
        {
            told.Add(By(
                actor,
                before,
                AuditActions.UserPermissionsSet,
                AuditChanges.Text("/role", before.Role, next.Role),
                AuditChanges.Rights("/permissions", OwnRights(before), OwnRights(next))));
        }

        if (before.Email != next.Email) told.Add(By(actor, before, AuditActions.UserUpdated, AuditChanges.Text("/email", before.Email, next.Email)));
        return told.DrainToImmutable();
    }
}
