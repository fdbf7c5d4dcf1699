using Microsoft.Extensions.DependencyInjection;
using Platform.Storage.Tables;
using Platform.Support;

namespace Platform.Tests.Support;

/// <summary>The table of support grants, whose writes fail when a test wants it.</summary>
internal sealed class FailingSupportDirectory : ISupportGrantTable
{
    private SupportGrantTable _inner = null!;

    public bool Fail { get; set; }

    public void Put(IServiceCollection services) => services.AddSingleton<ISupportGrantTable>(provider =>
    {
        _inner = ActivatorUtilities.CreateInstance<SupportGrantTable>(provider);
        return this;
    });

    public Task SaveAsync(SupportGrant grant, CancellationToken cancellationToken) => Fail ? throw new StorageUnavailableException() : _inner.SaveAsync(grant, cancellationToken);

    public Task RemoveAsync(SupportGrantId grant, CancellationToken cancellationToken) => Fail ? throw new StorageUnavailableException() : _inner.RemoveAsync(grant, cancellationToken);

    public Task<SupportGrant?> FindAsync(SupportGrantId grant, CancellationToken cancellationToken) => _inner.FindAsync(grant, cancellationToken);

    public Task<Page<SupportGrant>> ListAsync(TenantId tenant, UserId? user, PageRequest page, CancellationToken cancellationToken) => _inner.ListAsync(tenant, user, page, cancellationToken);

    public Task<IReadOnlyList<SupportGrant>> ListOpenAsync(TenantId tenant, CancellationToken cancellationToken) => _inner.ListOpenAsync(tenant, cancellationToken);

    public Task<IReadOnlyList<TenantId>> FindDueAsync(DateTimeOffset now, TenantId? after, int limit, CancellationToken cancellationToken) =>
        _inner.FindDueAsync(now, after, limit, cancellationToken);
}
