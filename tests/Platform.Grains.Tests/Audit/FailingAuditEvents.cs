using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Storage.Tables;

namespace Platform.Tests.Audit;

/// <summary>The table of the access log, which fails when a test wants it to. Also of the API's tests, which compile it in.</summary>
internal sealed class FailingAuditEvents : IAuditEvents
{
    private AuditEvents _inner = null!;

    public bool FailBefore { get; set; }

    /// <summary>What was to be written is written, but the answer is lost.</summary>
    public bool FailAfter { get; set; }

    /// <summary>Hears of each checkpoint that was added by itself, after it was.</summary>
    public Action<AuditCheckpoint>? CheckpointAdded { get; init; }

    /// <summary>In front of the real one, whether that is registered already or will be.</summary>
    public void Put(IServiceCollection services) => services.AddSingleton<IAuditEvents>(provider =>
    {
        _inner = ActivatorUtilities.CreateInstance<AuditEvents>(provider);
        return this;
    });

    public Task<AuditHead> FindHeadAsync(TenantId tenant, CancellationToken cancellationToken) => _inner.FindHeadAsync(tenant, cancellationToken);

    public async Task AppendAsync(IReadOnlyList<AuditRow> rows, AuditCheckpoint? checkpoint, CancellationToken cancellationToken)
    {
        if (FailBefore) throw new StorageUnavailableException();
        await _inner.AppendAsync(rows, checkpoint, cancellationToken);
        if (FailAfter) throw new StorageUnavailableException();
    }

    public Task<IReadOnlyList<AuditRow>> ReadAsync(TenantId tenant, long after, long upTo, int limit, CancellationToken cancellationToken) =>
        _inner.ReadAsync(tenant, after, upTo, limit, cancellationToken);

    public Task<AuditMatches> FindAsync(
        TenantId tenant, AuditFilter filter, bool newestFirst, AuditPosition? beyond, int limit, CancellationToken cancellationToken) =>
        _inner.FindAsync(tenant, filter, newestFirst, beyond, limit, cancellationToken);

    public Task<IReadOnlyList<AuditRow>> FindOfUserAsync(TenantId tenant, UserId user, AuditPosition? beyond, int limit, CancellationToken cancellationToken) =>
        _inner.FindOfUserAsync(tenant, user, beyond, limit, cancellationToken);

    public Task<IReadOnlyList<AuditCheckpoint>> ReadCheckpointsAsync(TenantId tenant, long after, int limit, CancellationToken cancellationToken) =>
        _inner.ReadCheckpointsAsync(tenant, after, limit, cancellationToken);

    public Task<AuditHead?> FindFloorAsync(TenantId tenant, CancellationToken cancellationToken) => _inner.FindFloorAsync(tenant, cancellationToken);

    public Task<bool> HasSinceAsync(TenantId tenant, long after, long upTo, DateTimeOffset time, CancellationToken cancellationToken) =>
        _inner.HasSinceAsync(tenant, after, upTo, time, cancellationToken);

    public Task TrimAsync(AuditCheckpoint upTo, DateTimeOffset now, CancellationToken cancellationToken) => _inner.TrimAsync(upTo, now, cancellationToken);

    public Task<AuditCheckpoint?> FindLastCheckpointAsync(TenantId tenant, CancellationToken cancellationToken) => _inner.FindLastCheckpointAsync(tenant, cancellationToken);

    public async Task AddCheckpointAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        await _inner.AddCheckpointAsync(checkpoint, cancellationToken);
        CheckpointAdded?.Invoke(checkpoint);
    }
}
