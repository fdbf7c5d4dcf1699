using Platform.Tenants;

namespace Platform.Listing;

/// <summary>
/// Plain table of tenants, written through by the tenant's grain. Storage implements it for SQLite and PostgreSQL.
/// All methods throw <see cref="StorageUnavailableException"/> when the outcome is not known.
/// </summary>
public interface ITenantTable
{
    /// <summary>Insert or overwrite by id.</summary>
    Task SaveAsync(TenantView tenant, CancellationToken cancellationToken);

    /// <summary>By slug ascending, after the slug <see cref="PageRequest.After"/>. <paramref name="search"/>: beginning of the slug, or of the name without regard to case.</summary>
    Task<Page<TenantView>> ListAsync(string? search, PageRequest page, CancellationToken cancellationToken);
}
