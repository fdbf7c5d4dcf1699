using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using Platform.Api.Authentication;
using Platform.Api.DeniedRequests;
using Platform.Api.Tests.Tokens;
using Platform.Cluster;
using Platform.Replicas;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Telemetry;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Api.Tests.Authentication;

/// <summary>A silo that owns sessions, and hosts that answer by replicas of them, with nothing but calls in between. One clock for all, which stands until it is moved.</summary>
internal sealed class ReplicatedSessions : IAsyncDisposable
{
    public const string Silo = "S127.0.0.1:11111:1";

    public static readonly SessionPolicy Policy = new(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1));

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly RingFixture _ring = new();
    private readonly MembershipLease _lease;
    private readonly List<ReplicaHost> _hosts = [];
    private int _asked;

    /// <summary>How often each host has asked for changes.</summary>
    private readonly ConcurrentDictionary<Guid, int> _questions = new();

    public ReplicatedSessions()
    {
        _ring.Keys = [_ring.NewKey(1)];
        _lease = new MembershipLease(Time);
        HoldLease();
        Live = new LiveSessions(_lease);
        Replication = new SessionReplication(new ReplicaHome(Silo), Live, _lease, Time, NullLogger<SessionReplication>.Instance);
        Tenant = Tenants.Publish(PrefixedId.New<TenantId>(Time), FirstPolicy);
        _ring.Grains.GetGrain<ISessionReplicasGrain>(Arg.Any<string>()).Returns(new Door(this));
        _ring.Grains.GetGrain<ISessionGrain>(Arg.Any<string>()).Returns(call => GrainOf(PrefixedId.Parse<SessionId>(call.ArgAt<string>(0))));
    }

    public static TenantPolicySnapshot FirstPolicy { get; } = new()
    {
        Revision = 1, Policy = Policy, Epoch = 0, IdleCutoff = default, AbsoluteCutoff = default, Roles = [new Role("all", Permissions.Owner)],
    };

    public ManualTimeProvider Time => _ring.Time;

    public LiveSessions Live { get; }

    public LiveTenants Tenants { get; } = new();

    public LiveTenant Tenant { get; }

    public SessionReplication Replication { get; }

    /// <summary>Calls of session grains.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The silo answers nobody.</summary>
    public bool IsGone { get; set; }

    public ReplicaHost NewHost(int maxSessions = 100)
    {
        var host = new ReplicaHost(_ring, maxSessions);
        _hosts.Add(host);
        return host;
    }

    /// <summary>A live session on the silo.</summary>
    public async Task<(ReadOnlyMemory<char> Token, LiveSession Session)> OpenAsync()
    {
        var (token, hash, id) = await _ring.SealAsync();
        var now = Time.GetUtcNow();
        var origin = new StoredSession
        {
            TenantId = Tenant.Id, UserId = PrefixedId.New<UserId>(Time), SecretHash = hash, AbsoluteTimeout = Policy.AbsoluteTimeout, CreatedAt = now, AuthenticationMethods = ["pwd"],
        };
        var session = new LiveSession(Live, Tenant, id, origin, new SessionSubject("alice", Permissions.Owner, "all"), now);
        Live.Publish(session);
        return (token.AsMemory(), session);
    }

    /// <summary>A live session of which the hosts have a replica.</summary>
    public async Task<(ReadOnlyMemory<char> Token, LiveSession Session)> OpenAsync(params ReplicaHost[] hosts)
    {
        var (token, session) = await OpenAsync();
        foreach (var host in hosts)
        {
            (await host.CheckAsync(token, SessionCheckMode.Validate)).ShouldBe(SessionState.Live);
            await UntilAsync(() => host.Replicas.TryGet(session.Id, out var replica) && replica.TryGetTime(default, out _));
        }

        return (token, session);
    }

    /// <summary>Moves the clock in steps that leave everybody time to talk.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero; left -= Step)
        {
            var before = _questions.ToArray();
            Time.Advance(left < Step ? left : Step);
            HoldLease();
            if (left >= Step && !IsGone) await UntilAsync(() => before.All(host => _questions[host.Key] > host.Value));
        }
    }

    /// <summary>The silo's round in which it tells hosts what was touched elsewhere.</summary>
    public void PassOn() => Replication.PassOnActivity();

    /// <summary>As the silo extends its own.</summary>
    public void HoldLease() => _lease.HoldUntil(Time.GetTimestamp() + TimeSpan.FromSeconds(3).Ticks);

    public static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Timeout) throw new TimeoutException();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.Replicas.StopAsync(default);
        Replication.Dispose();
    }

    /// <summary>Answers from the silo's memory, as the grain does.</summary>
    private ISessionGrain GrainOf(SessionId id)
    {
        var grain = Substitute.For<ISessionGrain>();
        grain.PeekAsync(Arg.Any<ImmutableArray<byte>>(), Arg.Any<IPAddress?>(), Arg.Any<PageOrigin?>(), Arg.Any<CancellationToken>())
            .Returns(call => Answer(id, live => live.Peek(call.ArgAt<ImmutableArray<byte>>(0).AsSpan(), call.ArgAt<IPAddress?>(1), Time.GetUtcNow())));
        grain.InspectAsync(Arg.Any<ImmutableArray<byte>>(), Arg.Any<CancellationToken>())
            .Returns(call => Answer(id, live => live.Evaluate(call.ArgAt<ImmutableArray<byte>>(0).AsSpan(), Time.GetUtcNow())));
        grain.TouchAsync(Arg.Any<ImmutableArray<byte>>(), Arg.Any<IPAddress?>(), Arg.Any<PageOrigin?>(), Arg.Any<CancellationToken>())
            .Returns(call => Answer(id, live => live.Touch(call.ArgAt<ImmutableArray<byte>>(0).AsSpan(), call.ArgAt<IPAddress?>(1), Time.GetUtcNow())));
        return grain;
    }

    private SessionCheck Answer(SessionId id, Func<LiveSession, SessionState?> look)
    {
        Interlocked.Increment(ref _asked);
        if (!Live.TryGet(id, out var live) || look(live) is not { } state) return new SessionCheck(SessionState.Unknown, null);
        return new SessionCheck(state, state == SessionState.Live ? live.ToView() : null, Silo);
    }

    /// <summary>The grain of the silo, with nothing in between.</summary>
    private sealed class Door(ReplicatedSessions silo) : ISessionReplicasGrain
    {
        public Task<ReplicaBatch<SessionReplicaState>> ReceiveAsync(Guid holder, long incarnation, long confirmed, CancellationToken cancellationToken)
        {
            if (silo.IsGone) return Task.FromException<ReplicaBatch<SessionReplicaState>>(new SiloUnavailableException());
            var answer = silo.Replication.ReceiveAsync(holder, incarnation, confirmed, cancellationToken);
            silo._questions.AddOrUpdate(holder, 1, (_, count) => count + 1);
            return answer;
        }

        public Task<bool> SendAsync(Guid holder, SessionReplicaRequest request, CancellationToken cancellationToken) =>
            silo.IsGone ? Task.FromException<bool>(new SiloUnavailableException()) : Task.FromResult(silo.Replication.Accept(holder, request));
    }
}

/// <summary>A host without grains.</summary>
internal sealed class ReplicaHost
{
    private readonly SessionAuthenticator _authenticator;

    public ReplicaHost(RingFixture ring, int maxSessions)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var live = new LiveSessions();
        var metrics = new PlatformMetrics(meters, live);
        Replicas = new SessionReplicas(ring.Grains, Options.Create(new SessionReplicaOptions { MaxSessions = maxSessions }), ring.Time, NullLogger<SessionReplicas>.Instance);
        _authenticator = new SessionAuthenticator(ring.Ring, live, Replicas, new RejectedTokenCache(ring.Time), new DeniedRequestQueue(metrics, ring.Time), ring.Grains, metrics, ring.Time);
    }

    public SessionReplicas Replicas { get; }

    public async Task<SessionState> CheckAsync(ReadOnlyMemory<char> token, SessionCheckMode mode, IPAddress? from = null) => (await LookAsync(token, mode, from)).State;

    public async Task<SessionCheck> LookAsync(ReadOnlyMemory<char> token, SessionCheckMode mode, IPAddress? from = null) =>
        await _authenticator.CheckAsync(token, new SessionCheckRequest(mode, from), default);

    /// <summary>Without a task, for counting what it allocates.</summary>
    public SessionState Check(ReadOnlyMemory<char> token, SessionCheckMode mode)
    {
        var checking = _authenticator.CheckAsync(token, new SessionCheckRequest(mode, null), default);
        return checking.IsCompletedSuccessfully ? checking.Result.State : throw new InvalidOperationException("It asks somebody.");
    }
}
