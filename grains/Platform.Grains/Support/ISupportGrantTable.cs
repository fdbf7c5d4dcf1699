namespace Platform.Support;

/// <summary>Plain table of support grants, written through by the grain of their tenant before its own state. Ended ones stay.</summary>
public interface ISupportGrantTable
{
    /// <summary>Insert or overwrite by id.</summary>
    Task SaveAsync(SupportGrant grant, CancellationToken cancellationToken);

    Task RemoveAsync(SupportGrantId grant, CancellationToken cancellationToken);

    Task<SupportGrant?> FindAsync(SupportGrantId grant, CancellationToken cancellationToken);

    /// <summary>Newest first (by id descending as printed), before the id <see cref="PageRequest.After"/>. <paramref name="user"/>: only those that this operator asked for.</summary>
    Task<Page<SupportGrant>> ListAsync(TenantId tenant, UserId? user, PageRequest page, CancellationToken cancellationToken);

    /// <summary>All that have not ended, which are few.</summary>
    Task<IReadOnlyList<SupportGrant>> ListOpenAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> tenants with a grant that has not ended although its time is over at <paramref name="now"/>, by id, after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<TenantId>> FindDueAsync(DateTimeOffset now, TenantId? after, int limit, CancellationToken cancellationToken);
}
