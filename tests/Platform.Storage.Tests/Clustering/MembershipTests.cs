using System.Net;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Platform.Silo.Hosting.Clustering;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Clustering;

/// <summary>Proofs of membership, fences and waiting out the lease of a dead silo, on the tables that silos share.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MembershipTests : IAsyncLifetime
{
    private const int Active = (int)SiloStatus.Active;
    private const int Dead = (int)SiloStatus.Dead;
    private static int s_clusters;

    private readonly ManualTimeProvider _time = new();
    private readonly string _cluster = $"membership-{Interlocked.Increment(ref s_clusters)}";
    private readonly PostgresFixture _fixture;
    private readonly Membership _membership;

    public MembershipTests(PostgresFixture fixture)
    {
        _fixture = fixture;
        _membership = new Membership(fixture.Admin, Options.Create(new ClusterOptions { ClusterId = _cluster, ServiceId = _cluster }), _time);
    }

    public async ValueTask InitializeAsync() => await _fixture.ExecuteAsync($"INSERT INTO orleansmembershipversiontable (deploymentid) VALUES ('{_cluster}')");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Read_GivesMembersOfThisClusterWithStatusAndFence()
    {
        var (one, two) = (Silo(1), Silo(2));
        await AddAsync(one, Active);
        await AddAsync(two, (int)SiloStatus.Joining);
        var members = await _membership.ReadAsync(default);
        members.OrderBy(member => member.Address.Endpoint.Port).ShouldBe([new Member(one, SiloStatus.Active, 0, 0), new Member(two, SiloStatus.Joining, 0, 0)]);
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Fence_FirstTime_WaitsUntilALeaseFromBeforeIsOver()
    {
        var silo = Silo(1);
        await AddAsync(silo, Active);

        var fenced = _membership.FenceAsync(silo, default);
        await UntilAsync(async () => (await FindAsync(silo)).Fence == 1);
        _time.Advance(Membership.Lease);
        fenced.IsCompleted.ShouldBeFalse("a lease of just before the fence may be held to this moment");
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult(fenced.IsCompleted);
        });
        await fenced;
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Fence_OfOneThatHasNotCaughtUp_IsRaisedAgainAndCostsNoSecondWait()
    {
        var silo = Silo(1);
        await AddAsync(silo, Active);
        await FenceAsync(silo);

        await _membership.FenceAsync(silo, default);

        (await FindAsync(silo)).ShouldBe(new Member(silo, SiloStatus.Active, Fence: 2, Adopted: 0));
        (await _membership.AdoptAsync(silo, 1, default)).ShouldBeFalse("it was fenced again while it caught up with the first");
        (await _membership.AdoptAsync(silo, 2, default)).ShouldBeTrue();
        (await FindAsync(silo)).ShouldBe(new Member(silo, SiloStatus.Active, Fence: 2, Adopted: 2));
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Fence_OfOneThatHasCaughtUp_WaitsAgain()
    {
        var silo = Silo(1);
        await AddAsync(silo, Active);
        await FenceAsync(silo);
        (await _membership.AdoptAsync(silo, 1, default)).ShouldBeTrue();

        var fenced = _membership.FenceAsync(silo, default);
        await UntilAsync(async () => (await FindAsync(silo)).Fence == 2);
        fenced.IsCompleted.ShouldBeFalse();
        await CompleteAsync(fenced);
    }

    [Fact, Trait("Threat", "T41")]
    public async Task UntilGone_OfALivingSilo_SaysNoAtOnce()
    {
        var silo = Silo(1);
        await AddAsync(silo, Active);
        (await _membership.UntilGoneAsync(silo, default)).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T41")]
    public async Task UntilGone_OfADeadOne_WaitsForItsLeaseFromWhenItWasSeenDead()
    {
        var silo = Silo(1);
        await AddAsync(silo, Dead);
        await _membership.ReadAsync(default);
        _time.Advance(Membership.Lease / 2);
        var gone = _membership.UntilGoneAsync(silo, default);
        gone.IsCompleted.ShouldBeFalse();
        _time.Advance(Membership.Lease / 2);
        gone.IsCompleted.ShouldBeFalse("clocks of two machines differ");
        _time.Advance(TimeSpan.FromMilliseconds(250));
        (await gone).ShouldBeTrue();
        (await _membership.UntilGoneAsync(silo, default)).ShouldBeTrue("it is known, and long ago");
    }

    [Fact, Trait("Threat", "T41")]
    public async Task UntilGone_OfOneThatTheTableHasForgotten_Waits()
    {
        var gone = _membership.UntilGoneAsync(Silo(9), default);
        await CompleteAsync(gone);
        (await gone).ShouldBeTrue();
    }

    [Fact, Trait("Threat", "T31")]
    public async Task UntilGone_OfOneThatJoinsMeanwhile_SaysNoThenAndLater()
    {
        var silo = Silo(1);
        var gone = _membership.UntilGoneAsync(silo, default);
        await AddAsync(silo, Active);
        await CompleteAsync(gone);
        (await gone).ShouldBeFalse();
        (await _membership.UntilGoneAsync(silo, default)).ShouldBeFalse();
    }

    [Fact]
    public async Task Read_WithoutADatabase_SaysThatStorageIsUnavailable()
    {
        await using var nowhere = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={StorageFixture.FreePort()};Username=owner;Database=none;Timeout=2");
        var membership = new Membership(nowhere, Options.Create(new ClusterOptions()), _time);
        await Should.ThrowAsync<StorageUnavailableException>(() => membership.ReadAsync(default));
    }

    private static SiloAddress Silo(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), Random.Shared.Next());

    private Task AddAsync(SiloAddress silo, int status) => _fixture.ExecuteAsync(
        $"""
        INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, starttime, iamalivetime)
        VALUES ('{_cluster}', '{silo.Endpoint.Address}', {silo.Endpoint.Port}, {silo.Generation}, 's', 'h', {status}, now(), now())
        """);

    private async Task<Member> FindAsync(SiloAddress silo) => (await _membership.ReadAsync(default)).Single(member => member.Address.Equals(silo));

    private Task FenceAsync(SiloAddress silo) => CompleteAsync(_membership.FenceAsync(silo, default));

    /// <summary>Moves the clock until it is done.</summary>
    private Task CompleteAsync(Task task) => UntilAsync(() =>
    {
        if (!task.IsCompleted) _time.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(task.IsCompleted);
    });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
    }
}
