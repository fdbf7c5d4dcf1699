using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Tenants;

namespace Platform.Internal;

/// <summary>The tenant's grain as other grains of the silo see it; hosts see <see cref="ITenantGrain"/> and cannot reach this one.</summary>
[Alias("platform.ITenantAccountGrain")]
internal interface ITenantGrainInternal : IGrainWithStringKey
{
    [Alias("Create")]
    Task<TenantView> CreateAsync(CreateTenantRequest opening, CancellationToken cancellationToken);

    [Alias("Exists"), AlwaysInterleave]
    Task<bool> ExistsAsync(CancellationToken cancellationToken);

    [Alias("Find"), AlwaysInterleave]
    Task<TenantView?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such tenant.</summary>
    [Alias("FindSignInRules"), AlwaysInterleave]
    Task<SignInRules?> FindSignInRulesAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such tenant. Also published to <see cref="LiveTenants"/> of the process in which the tenant's grain is.</summary>
    [Alias("FindTerms"), AlwaysInterleave]
    Task<TenantPolicySnapshot?> FindPolicyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// After the platform was restored from a backup: ends all sessions, makes what was sent void, distrusts passwords and says so in the tenant's access log; one write. The same again changes nothing.
    /// </summary>
    [Alias("RecordRestore")]
    Task RecordRestoreAsync(PlatformRestore restore, CancellationToken cancellationToken);

    [Alias("ListManagers"), AlwaysInterleave]
    Task<ImmutableArray<UserId>> ListManagersAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Asked before a user's eligibility is written. False, and nothing changed, when nobody who can manage users would be left. Answered in turn, so that two of
    /// the last ones cannot both go.
    /// </summary>
    [Alias("AdmitStanding")]
    Task<bool> PrepareEligibilityChangeAsync(UserId user, ManagerEligibility next, CancellationToken cancellationToken);

    /// <summary>Called after it was written: a user who can manage users counts from then on. Repeating it changes nothing.</summary>
    [Alias("SettleStanding")]
    Task CommitEligibilityChangeAsync(UserId user, ManagerEligibility now, CancellationToken cancellationToken);

    /// <summary>The tenant is deleted at this time. One that stands already stays. <see cref="Refusal.NotFound"/> where there is no such tenant.</summary>
    [Alias("ScheduleDeletion")]
    Task<Outcome<TenantView>> ScheduleDeletionAsync(Actor actor, DateTimeOffset deletesAt, CancellationToken cancellationToken);

    /// <summary>Moves the time of a deletion that stands and has not begun.</summary>
    [Alias("PostponeDeletion")]
    Task PostponeDeletionAsync(DateTimeOffset deletesAt, CancellationToken cancellationToken);

    /// <summary>
    /// Begins the deletion if it still stands and its time has come. In turn with the changes that take it back: one of both wins. When this returns, no validation anywhere accepts anything of the tenant.
    /// </summary>
    [Alias("BeginDeletion")]
    Task BeginDeletionAsync(CancellationToken cancellationToken);

    /// <summary>The last step for the tenant itself, once its deletion has begun: its row, then its state. It may have been done before.</summary>
    [Alias("Drop")]
    Task DropAsync(CancellationToken cancellationToken);
}
