using Platform.Tenants;

namespace Platform.Deletion;

/// <summary>Key: <see cref="TenantId"/>. Deletes that tenant after a waiting time, once and for ever (row PRIVACY). For operators.</summary>
[Alias("platform.ITenantDeletionGrain")]
public interface ITenantDeletionGrain : IGrainWithStringKey
{
    /// <summary>
    /// <see cref="Permissions.Operate"/>. Durable when it returns: the platform tells the managers, waits, and deletes by itself. A repeated call changes nothing. Until then the tenant works as before. Refusals:
    /// <see cref="Refusal.NotFound"/>, <see cref="Refusal.TenantNotDeletable"/>.
    /// </summary>
    [Alias("Request")]
    Task<Outcome<TenantView>> RequestAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Operate"/>. Also long after the tenant is gone. <see cref="Refusal.NotFound"/> where nobody has asked for it, or somebody has taken it back.</summary>
    [Alias("Get")]
    Task<Outcome<TenantDeletionView>> GetAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Does what is due: tells the managers, begins, or goes on with what was begun. Otherwise nothing.</summary>
    [Alias("Resume")]
    Task ResumeAsync(CancellationToken cancellationToken);
}
