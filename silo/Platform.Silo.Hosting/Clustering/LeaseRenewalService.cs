using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Cluster;
using Platform.Hosting;
using Platform.Internal;
using Platform.Security;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>
/// Extends this silo's <see cref="MembershipLease"/> by reading each second that it is a member and has missed nothing. One that others fenced reads again what tenants
/// decided before it answers; one that was declared dead ends, since others hold its grains now.
/// </summary>
internal sealed partial class LeaseRenewalService(
    Membership membership,
    ILocalSiloDetails self,
    MembershipLease lease,
    LiveTenants tenants,
    DataKeys keys,
    SessionEviction eviction,
    SessionReplication replication,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    FatalShutdown end,
    TimeProvider time,
    ILogger<LeaseRenewalService> logger) : BackgroundService
{
    private const int Parallelism = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _adopted;
    private bool _joined;
    private bool _failing;

    /// <summary>Not before: what is read while the silo is not there yet proves nothing.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await TryExtendAsync(stoppingToken)) return;
                _failing = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The lease runs out by itself.
                if (!_failing) NotExtended(logger, failure);
                _failing = true;
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lease.Revoke();
    }

    /// <returns>False when this silo is no member any more.</returns>
    private async Task<bool> TryExtendAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var me = (await ReadAsync(cancellationToken)).FirstOrDefault(member => member.Address.Equals(self.SiloAddress));
        if (me is null or { Status: SiloStatus.Dead } && (_joined || me is not null))
        {
            lease.Revoke();

            // Which a silo writes of itself when it leaves in order.
            if (lifetime.ApplicationStopping.IsCancellationRequested) return false;
            DeclaredDead(logger);
            end.Begin();
            return false;
        }

        if (me is not { Status: SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping }) return true;
        _joined = true;
        if (me.Fence != _adopted && !await CatchUpAsync(me.Fence, cancellationToken)) return true;
        lease.HoldUntil(started + (long)(Membership.Lease.TotalSeconds * time.TimestampFrequency));
        return true;
    }

    /// <summary>A read that takes longer than the lease proves nothing.</summary>
    private async Task<IReadOnlyList<Member>> ReadAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Membership.Lease);
        return await membership.ReadAsync(timeout.Token);
    }

    /// <summary>Reads what was published while this silo could not be reached. It takes time with many tenants; meanwhile there is no lease.</summary>
    private async Task<bool> CatchUpAsync(long fence, CancellationToken cancellationToken)
    {
        lease.Revoke();
        CatchingUp(logger);
        keys.ForgetAll();
        await eviction.EvictAllHereAsync();
        var grains = services.GetRequiredService<IGrainFactory>();
        var bounded = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(tenants.Known, bounded, async (id, ct) =>
        {
            if (await grains.TenantInternal(id).FindPolicyAsync(ct) is { } policy) tenants.Publish(id, policy);
        });

        // Last: what a holder was given meanwhile may have been old.
        replication.Reset();
        if (!await membership.AdoptAsync(self.SiloAddress, fence, cancellationToken)) return false;
        _adopted = fence;
        return true;
    }

    [LoggerMessage(EventName = "LeaseNotExtended", Level = LogLevel.Warning,
        Message = "This silo could not read its membership; after three seconds it answers validations with 503 until it can. Check the database and the network to it")]
    private static partial void NotExtended(ILogger logger, Exception failure);

    [LoggerMessage(EventName = "LeaseCatchingUp", Level = LogLevel.Warning, Message = "This silo missed changes of other silos, and reads the policies of its tenants again before it answers")]
    private static partial void CatchingUp(ILogger logger);

    [LoggerMessage(EventName = "DeclaredDead", Level = LogLevel.Critical, Message = "The other silos have declared this one dead. It answers no more calls and ends; start it again")]
    private static partial void DeclaredDead(ILogger logger);
}
