using System.Collections.Immutable;
using Platform.Audit;
using Platform.Authorization;
using Platform.Clocks;
using Platform.Internal;
using Platform.SecondFactors;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>What becomes of an account.</summary>
/// <param name="Next">Its next state.</param>
/// <param name="Entries">What the access log says of it before it is written.</param>
/// <param name="Ended">Sessions that are off the list with it, and are to be ended after it is written.</param>
internal sealed record UserTransition(StoredUser Next, ImmutableArray<AuditEntry> Entries, ImmutableArray<ListedSession> Ended);

/// <summary>The rules of an account: what a change makes of it, and who may ask for it. Pure: what it needs is given, and nothing counts before it is written.</summary>
internal static class UserAccount
{
    private static Outcome InvitedStays { get; } = InputErrors.Of(new InputError("/status", "user_invited", "The user becomes active by the invitation. Send it again."));

    public static UserTransition Create(UserId id, NewAccount account, DateTimeOffset now)
    {
        var user = new StoredUser
        {
            TenantId = account.TenantId,
            Username = account.Username,
            NormalisedName = account.NormalisedName,
            Email = account.Email,
            PasswordHash = account.PasswordHash ?? "",
            MustChangePassword = account.MustChangePassword,
            Permissions = account.Permissions,
            Role = account.Role,
            Status = account.PasswordHash is null ? UserStatus.Invited : UserStatus.Active,
            CreatedAt = now,
            PasswordChangedAt = now,
        };
        return new UserTransition(user, [UserAuditEntries.Created(id, user, account.Actor)], []);
    }

    /// <summary>The same creation again, after its maker did not live to see the answer.</summary>
    public static bool IsCreatedBy(StoredUser made, NewAccount account) => made.TenantId == account.TenantId && made.NormalisedName == account.NormalisedName;

    /// <summary>Whoever may see the account has asked; what they may change of it is decided here.</summary>
    /// <param name="id">Whose account.</param>
    /// <param name="user">As it is.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="change">What for.</param>
    /// <param name="roles">Of the tenant.</param>
    /// <param name="link">For a change of the address, which only waits (<see cref="EmailRules"/>).</param>
    public static Outcome<UserTransition> Change(UserId id, StoredUser user, Actor actor, UserChange change, RoleSet roles, EmailLink? link)
    {
        if (change.Email is { } email && !EmailAddresses.IsValid(email)) return InputErrors.Of(EmailAddresses.Invalid("/email"));
        if (change.Role is { } role && roles.Find(role) is null) return UserRoles.Unknown;

        if (change.Status == UserStatus.Active && user.Status == UserStatus.Invited) return InvitedStays;

        var next = WithLevel(user, change) with { Status = change.Status is { } asked ? InvitationRules.After(user, asked) : user.Status };
        var (before, after) = (roles.Of(user.Role, user.Permissions), roles.Of(next.Role, next.Permissions));
        var redirected = next.Status != user.Status || (change.Email is { } wanted && (wanted != user.Email || user.EmailState is { Pending: not null }));
        if (!Rights.MayChange(actor.Permissions, before, after) || (redirected && !Rights.CanManage(actor.Permissions, before))) return Refusal.Forbidden;

        if (change.Email is { } address)
        {
            // Nobody owns the account of an invited user yet who could be told, or confirm.
            var addressed = next.Status == UserStatus.Invited ? next with { Email = address } : EmailRules.Request(next, address, link!);
            if (addressed.Value is null) return addressed.ToRefused();
            next = addressed.Value;
        }

        var ended = next.Status == UserStatus.Disabled ? next.Sessions : [];
        if (next.Status == UserStatus.Disabled) next = next with { Sessions = [] };
        return new UserTransition(next, UserAuditEntries.Changed(actor, id, user, next), ended);
    }

    /// <summary>From here on there is no such user; what is left goes now or, after a crash, with the next activation.</summary>
    public static UserTransition Delete(StoredUser user, AuditEntry entry) => new(
        user with { Deleted = true, Status = UserStatus.Disabled, Sessions = [], Factors = null },
        UserAuditEntries.With(entry, user.Sessions, SessionState.Revoked),
        user.Sessions);

    /// <summary>From here on there is no such user; name and addresses stay until all that is found by them is gone.</summary>
    public static StoredUser BeginErasure(StoredUser user) => user with { Deleted = true, Erasing = true, Status = UserStatus.Disabled, Sessions = [] };

    /// <summary>By the account's owner. A new password gives up what waits, an open reset link included; factors stay (threat T23). All sessions but one leave the list.</summary>
    public static UserTransition SetPassword(StoredUser user, string hash, AuditEntry entry, SessionId? keep, DateTimeOffset now)
    {
        var ended = user.Sessions.RemoveAll(s => s.Id == keep);
        var next = WaitingProofs.Cleared(user) with
        {
            PasswordHash = hash,
            PasswordVersion = user.PasswordVersion + 1,
            MustChangePassword = false,
            PasswordChangedAt = now,
            Sessions = user.Sessions.RemoveRange(ended),
        };
        return new UserTransition(next, UserAuditEntries.With(entry, ended, SessionState.PasswordChanged), ended);
    }

    /// <summary>Whether the right password, by itself, leads to the choice of another one (decision 107).</summary>
    /// <param name="user">Whose password was right.</param>
    /// <param name="cutoff"><see cref="SignInRules.PasswordCutoff"/>; a second factor shows by itself that it is the owner who signs in.</param>
    public static bool MustChangePassword(StoredUser user, DateTimeOffset? cutoff) =>
        user.MustChangePassword || (user.PasswordChangedAt <= cutoff && user.Factors is not { Any: true });

    /// <summary>Without times that a clock ahead of now has stored. The same value when there are none.</summary>
    public static StoredUser AsOf(StoredUser user, DateTimeOffset now)
    {
        var factors = user.Factors?.AsOf(now);
        var link = user.ResetExpiresAt is { } end && StoredTime.IsAhead(end - WaitingProofs.LinkLifetime, now);
        var email = EmailRules.AsOf(user.EmailState, now);
        var invitation = InvitationRules.AsOf(user.Invitation, now);
        var links = StoredTime.Past(user.ResetLinksAt, now);
        var same = ReferenceEquals(factors, user.Factors) && ReferenceEquals(email, user.EmailState) && ReferenceEquals(invitation, user.Invitation);
        if (same && !link && links == user.ResetLinksAt) return user;
        return (link ? WaitingProofs.WithoutLink(user) : user) with { Factors = factors, EmailState = email, Invitation = invitation, ResetLinksAt = links };
    }

    /// <summary>Absent, foreign and hidden are one answer.</summary>
    public static Refusal Refuse(UserId id, StoredUser? user, Actor actor, Permissions needed, bool orSelf)
    {
        if (user is null || user.TenantId != actor.TenantId) return Refusal.NotFound;
        return (orSelf && actor.UserId == id) || actor.Holds(needed) ? Refusal.None : Refusal.Forbidden;
    }

    public static bool IsSelf(UserId id, StoredUser? user, Actor actor) => actor.UserId == id && Refuse(id, user, actor, Permissions.None, orSelf: true) == Refusal.None;

    /// <summary>Of the user's own session; where there is a factor, it takes a proof of it (ASVS 7.5.1).</summary>
    public static Refusal RefuseStale(StoredUser user, Actor actor, DateTimeOffset now) =>
        IsFresh(user.Factors is { Any: true } ? actor.SecondFactorAt : actor.AuthenticatedAt, now) ? Refusal.None : Refusal.ReauthenticationRequired;

    public static bool IsFresh(DateTimeOffset? authenticatedAt, DateTimeOffset now) => StoredTime.IsWithin(authenticatedAt, SecondFactorRules.Freshness, now);

    public static ManagerEligibility EligibilityOf(StoredUser user) => new(user.Status, user.Permissions, user.Role);

    public static SessionSubject SubjectOf(StoredUser user) => new(user.Username, user.Permissions, user.Role);

    public static StoredSecondFactors FactorsOf(StoredUser user) => user.Factors ?? new StoredSecondFactors();

    public static UserView ViewOf(UserId id, StoredUser user) => new()
    {
        Id = id,
        TenantId = user.TenantId,
        Username = user.Username,
        Email = user.Email,
        Status = user.Status,
        Permissions = RoleSet.BuiltInOnly.Of(user.Role, user.Permissions),
        Role = user.Role,
        CreatedAt = user.CreatedAt,
        PasswordChangedAt = user.PasswordChangedAt,
        SecondFactors = user.Factors?.Set ?? SecondFactorMethods.None,
        EmailVerified = EmailRules.StateOf(user).Verified,
        PendingEmail = user.EmailState?.Pending?.Address,
        PendingEmailUntil = user.EmailState?.Pending?.ExpiresAt,
        InvitationExpiresAt = user.Invitation?.ExpiresAt,
    };

    /// <summary>A view for the user and for managers, or for others. A link that has run out waits no more.</summary>
    public static UserView Shown(UserView user, bool inFull, DateTimeOffset now)
    {
        if (!inFull) return user with { SecondFactors = null, LastSignInAt = null, EmailVerified = null, PendingEmail = null, PendingEmailUntil = null, InvitationExpiresAt = null };
        if (!StoredTime.IsOpen(user.PendingEmailUntil, EmailRules.LinkLifetime, now)) user = user with { PendingEmail = null, PendingEmailUntil = null };
        return StoredTime.IsOpen(user.InvitationExpiresAt, InvitationRules.LinkLifetime, now) ? user : user with { InvitationExpiresAt = null };
    }

    private static StoredUser WithLevel(StoredUser user, UserChange change) =>
        change.Role is { } role ? user with { Role = role, Permissions = Permissions.None }
        : change.Permissions is { } own ? user with { Role = null, Permissions = own }
        : user;
}
