using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Platform.Silo.Hosting.Clustering;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Clustering;

/// <summary>A grain is in one silo at most, whoever asks for it at the same time and whoever dies.</summary>
[Collection(PostgresCollection.Name)]
public sealed class GrainDirectoryTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = Platform.Silo.Hosting.Clustering.Membership.Lease;
    private static int s_clusters;

    private readonly ManualTimeProvider _time = new();
    private readonly string _cluster = $"directory-{Interlocked.Increment(ref s_clusters)}";
    private readonly PostgresFixture _fixture;
    private readonly GrainId _grain = GrainId.Create("session", $"ses_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}");
    private readonly SiloAddress _a = Silo(1);
    private readonly SiloAddress _b = Silo(2);

    public GrainDirectoryTests(PostgresFixture fixture) => _fixture = fixture;

    public async ValueTask InitializeAsync()
    {
        await _fixture.ExecuteAsync($"INSERT INTO orleansmembershipversiontable (deploymentid) VALUES ('{_cluster}')");
        await AddAsync(_a);
        await AddAsync(_b);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Register_ManyAtOnce_AllGetTheSameOne()
    {
        var silos = new[] { Directory(_a), Directory(_b) };
        var told = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => silos[i % 2].Register(Activation(i % 2 == 0 ? _a : _b))));
        told.Select(address => address!.ActivationId).Distinct().ShouldHaveSingleItem();
        var found = await silos[0].Lookup(_grain);
        (found!.ActivationId, found.SiloAddress).ShouldBe((told[0]!.ActivationId, told[0]!.SiloAddress));
        found.MembershipVersion.ShouldBe(new MembershipVersion(7));
    }

    [Fact]
    public async Task Lookup_OfWhatIsNowhere_FindsNothing() => (await Directory(_a).Lookup(GrainId.Create("session", "ses_none"))).ShouldBeNull();

    [Fact]
    public async Task Unregister_ByItsOwnSilo_FreesThePlaceAtOnce()
    {
        var first = Activation(_a);
        await Directory(_a).Register(first);
        await Directory(_a).Unregister(first);
        (await Directory(_b).Lookup(_grain)).ShouldBeNull();
        (await Directory(_b).Register(Activation(_b)))!.SiloAddress.ShouldBe(_b);
    }

    [Fact]
    public async Task Unregister_OfAnEarlierActivation_LeavesTheLaterOne()
    {
        var (first, second) = (Activation(_a), Activation(_a));
        await Directory(_a).Register(first);
        await Directory(_a).Unregister(first);
        await Directory(_a).Register(second);
        await Directory(_a).Unregister(first);
        (await Directory(_a).Lookup(_grain))!.ActivationId.ShouldBe(second.ActivationId);
    }

    /// <summary>A silo with an outdated view of the membership must not take a grain from a living one.</summary>
    [Fact, Trait("Threat", "T41"), Trait("Fault", "F15")]
    public async Task Register_InPlaceOfALivingSilo_GetsTheLivingOne()
    {
        var first = Activation(_a);
        await Directory(_a).Register(first);
        (await Directory(_b).Register(Activation(_b), first))!.SiloAddress.ShouldBe(_a);
    }

    [Fact, Trait("Threat", "T41"), Trait("Fault", "F1")]
    public async Task Register_InPlaceOfADeadSilo_WaitsUntilThatCanAnswerNoMore()
    {
        var first = Activation(_a);
        await Directory(_a).Register(first);
        await DieAsync(_a);
        var membership = Membership();
        await membership.ReadAsync(default);
        var taken = Directory(_b, membership).Register(Activation(_b), first);
        _time.Advance(Lease);
        taken.IsCompleted.ShouldBeFalse();
        (await Directory(_b).Lookup(_grain))!.SiloAddress.ShouldBe(_a);
        await CompleteAsync(taken);
        (await taken)!.SiloAddress.ShouldBe(_b);
    }

    [Fact, Trait("Fault", "F1")]
    public async Task UnregisterSilos_OfADeadOne_TakesOutAllThatItHeldAndNothingElse()
    {
        var directory = Directory(_b);
        await directory.Register(Activation(_b));
        await _fixture.ExecuteAsync(
            $"INSERT INTO grain_directory SELECT '{_cluster}', 'session/held-' || n, '{_a.ToParsableString()}', '@' || md5(n::text), 7 FROM generate_series(1, 2500) n");
        await DieAsync(_a);
        await directory.UnregisterSilos([_a]);
        var started = TimeProvider.System.GetTimestamp();
        while ((await _fixture.TextsAsync($"SELECT count(*) FROM grain_directory WHERE cluster = '{_cluster}'"))[0] != "1")
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await directory.Lookup(_grain))!.SiloAddress.ShouldBe(_b);
    }

    private static SiloAddress Silo(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), Random.Shared.Next());

    private GrainAddress Activation(SiloAddress silo) => new()
    {
        GrainId = _grain,
        SiloAddress = silo,
        ActivationId = ActivationId.FromParsableString($"@{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"),
        MembershipVersion = new MembershipVersion(7),
    };

    private Membership Membership() => new(_fixture.Admin, Options.Create(Cluster), _time);

    private ClusterOptions Cluster => new() { ClusterId = _cluster, ServiceId = _cluster };

    private PostgresGrainDirectory Directory(SiloAddress self, Membership? membership = null) => new(
        _fixture.Services.GetRequiredService<IDatabase>(), membership ?? Membership(), new Details(self), Options.Create(Cluster), NullLogger<PostgresGrainDirectory>.Instance);

    private Task AddAsync(SiloAddress silo) => _fixture.ExecuteAsync(
        $"""
        INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, starttime, iamalivetime)
        VALUES ('{_cluster}', '{silo.Endpoint.Address}', {silo.Endpoint.Port}, {silo.Generation}, 's', 'h', {(int)SiloStatus.Active}, now(), now())
        """);

    private Task DieAsync(SiloAddress silo) => _fixture.ExecuteAsync(
        $"UPDATE orleansmembershiptable SET status = {(int)SiloStatus.Dead} WHERE deploymentid = '{_cluster}' AND generation = {silo.Generation}");

    private async Task CompleteAsync(Task task)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    private sealed class Details(SiloAddress self) : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "cluster";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => self;

        public SiloAddress GatewayAddress => null!;
    }
}
