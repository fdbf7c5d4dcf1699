using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;

namespace Platform.Api.Tests.Audit;

/// <summary>A host whose access log can be made to fail.</summary>
public sealed class OwnHost : PlatformHost, IAsyncDisposable
{
    internal FailingEvents Events { get; } = new();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    private protected override void ConfigureMore(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<IAuditEvents>(provider =>
        {
            var real = typeof(Platform.Silo.Storage.PlatformStorageExtensions).Assembly.GetType("Platform.Silo.Storage.Directories.AuditEvents")!;
            Events.Inner = (IAuditEvents)ActivatorUtilities.CreateInstance(provider, real);
            return Events;
        });

    internal sealed class FailingEvents : IAuditEvents
    {
        public IAuditEvents Inner { get; set; } = null!;

        public bool Fail { get; set; }

        public Task<AuditHead> FindHeadAsync(TenantId tenant, CancellationToken cancellationToken) => Inner.FindHeadAsync(tenant, cancellationToken);

        public Task AppendAsync(IReadOnlyList<AuditRow> rows, AuditCheckpoint? checkpoint, CancellationToken cancellationToken) =>
            Fail ? throw new StorageUnavailableException() : Inner.AppendAsync(rows, checkpoint, cancellationToken);

        public Task<IReadOnlyList<AuditRow>> ReadAsync(TenantId tenant, long after, long upTo, int limit, CancellationToken cancellationToken) =>
            Inner.ReadAsync(tenant, after, upTo, limit, cancellationToken);

        public Task<IReadOnlyList<AuditRow>> FindAsync(
            TenantId tenant, AuditFilter filter, bool newestFirst, AuditPosition? beyond, int limit, CancellationToken cancellationToken) =>
            Inner.FindAsync(tenant, filter, newestFirst, beyond, limit, cancellationToken);

        public Task<IReadOnlyList<AuditRow>> FindOfUserAsync(TenantId tenant, UserId user, AuditPosition? beyond, int limit, CancellationToken cancellationToken) =>
            Inner.FindOfUserAsync(tenant, user, beyond, limit, cancellationToken);

        public Task<IReadOnlyList<AuditCheckpoint>> ReadCheckpointsAsync(TenantId tenant, long after, int limit, CancellationToken cancellationToken) =>
            Inner.ReadCheckpointsAsync(tenant, after, limit, cancellationToken);

        public Task<AuditCheckpoint?> FindLastCheckpointAsync(TenantId tenant, CancellationToken cancellationToken) => Inner.FindLastCheckpointAsync(tenant, cancellationToken);

        public Task AddCheckpointAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken) => Inner.AddCheckpointAsync(checkpoint, cancellationToken);
    }
}
