using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Platform.Cluster;
using Platform.Security;
using Platform.Sessions;
using Platform.Snippets;

namespace Platform.Silos.Tests.Hosting;

/// <summary>One of the silos of a <see cref="SiloCluster"/>, asked as the host beside it would ask.</summary>
internal sealed class TestSilo(InProcessSiloHandle handle, ManualTimeProvider time) : SiloCalls
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public InProcessSiloHandle Handle { get; } = handle;

    public override IGrainFactory Grains => Service<IGrainFactory>();

    public override LiveSessions Live => Service<LiveSessions>();

    public override ManualTimeProvider Time { get; } = time;

    public DeafNode Node => Service<DeafNode>();

    public long DeniedCalls => Handle.ServiceProvider.GetServices<IIncomingGrainCallFilter>().OfType<RequireClusterCredential>().Single().DeniedCalls;

    public T Service<T>() where T : notnull => Handle.ServiceProvider.GetRequiredService<T>();

    /// <summary>What a host answers for a session. Null: an outage, which says nothing of the session.</summary>
    public async Task<SessionState?> ValidateAsync(SessionId id, ImmutableArray<byte> hash, PageOrigin? page = null)
    {
        try
        {
            return await PeekAsync(id, hash, page);
        }
        catch (Exception outage) when (IsOutage(outage))
        {
            return null;
        }
    }

    /// <summary>What a host finds that the holder of a live session may do. Null: an outage.</summary>
    public async Task<Permissions?> PermissionsAsync(SessionId id, ImmutableArray<byte> hash)
    {
        if (Live.TryGet(id, out var live))
        {
            // As the view of a validation in memory: the rights are read before the lease is demanded.
            var permissions = live.Subject.Permissions;
            if (await ValidateAsync(id, hash) == SessionState.Live) return permissions;
        }

        try
        {
            return (await Grains.Session(id).PeekAsync(hash, null, null, default)).View?.Subject.Permissions;
        }
        catch (Exception outage) when (IsOutage(outage))
        {
            return null;
        }
    }

    /// <summary>Waits out outages: grains that are on their way to another silo are asked again.</summary>
    public async Task<SessionState> ValidateInTheEndAsync(SessionId id, ImmutableArray<byte> hash)
    {
        SessionState? state = null;
        await UntilAsync(async () => (state = await ValidateAsync(id, hash)) is not null);
        return state!.Value;
    }

    /// <summary>It has joined, and holds its lease.</summary>
    public Task UntilAnsweringAsync() => UntilAsync(() => Task.FromResult(Service<MembershipLease>().IsHeld));

    public override string ToString() => Handle.Name;

    private static bool IsOutage(Exception failure) => failure is LeaseExpiredException or StorageUnavailableException or OrleansException or TimeoutException;

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Timeout) throw new TimeoutException($"{this} does not answer.");
            await timer.WaitForNextTickAsync();
        }
    }
}
