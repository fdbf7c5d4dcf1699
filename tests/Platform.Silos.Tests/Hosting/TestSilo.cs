using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
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

    /// <summary>Of the host beside it: sessions that live on the other silos.</summary>
    public SessionReplicas Replicas { get; } = new(
        handle.ServiceProvider.GetRequiredService<IGrainFactory>(), Options.Create(new SessionReplicaOptions()), time, NullLogger<SessionReplicas>.Instance);

    /// <summary>Answers that were given by a replica.</summary>
    public int AnswersByReplica { get; private set; }

    /// <summary>What a host answers for a session. Null: an outage, which says nothing of the session.</summary>
    public async Task<SessionState?> ValidateAsync(SessionId id, ImmutableArray<byte> hash, PageOrigin? page = null) => (await CheckAsync(id, hash, page))?.State;

    /// <summary>What a host finds that the holder of a live session may do. Null: an outage.</summary>
    public async Task<Permissions?> PermissionsAsync(SessionId id, ImmutableArray<byte> hash) =>
        await CheckAsync(id, hash, page: null) is { } check ? check.View?.Subject.Permissions ?? Permissions.None : null;

    private async Task<SessionCheck?> CheckAsync(SessionId id, ImmutableArray<byte> hash, PageOrigin? page)
    {
        try
        {
            if (Live.TryGet(id, out var live) && Look(live, hash, page, Time.GetUtcNow()) is { } local) return local;
            if (Replicas.TryGet(id, out var replica) && replica.TryGetTime(Time.GetUtcNow(), out var now) && Look(replica.Session, hash, page, now) is { State: SessionState.Live } accepted)
            {
                AnswersByReplica++;
                return accepted;
            }

            var check = await Grains.Session(id).PeekAsync(hash, null, page, default);
            if (check.Silo is { } silo && !Live.TryGet(id, out _)) Replicas.Want(id, silo);
            return check;
        }
        catch (Exception outage) when (IsOutage(outage))
        {
            return null;
        }
    }

    /// <summary>The view is made before the lease is demanded, as in a validation. Null: its grain decides.</summary>
    private static SessionCheck? Look(LiveSession live, ImmutableArray<byte> hash, PageOrigin? page, DateTimeOffset now)
    {
        var view = live.ToView();
        return live.Peek(hash.AsSpan(), null, now, page) is { } state ? new SessionCheck(state, view) : null;
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
