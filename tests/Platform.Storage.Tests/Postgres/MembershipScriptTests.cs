using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Postgres;

/// <summary>What Orleans' membership relies on: the version is compared and moved with each change, and of two who named the same one succeeds.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MembershipScriptTests(PostgresFixture fixture) : IAsyncLifetime
{
    private const string DeploymentId = "d";
    private const int Active = 3;
    private const int Dead = 6;
    private static readonly DateTime Now = new(2026, 8, 22, 12, 0, 0, DateTimeKind.Utc);
    private static int s_databases;

    private ProviderQueries _queries = null!;

    public async ValueTask InitializeAsync() =>
        _queries = await ProviderQueries.CreateAsync(fixture, $"membership_{Interlocked.Increment(ref s_databases)}");

    public async ValueTask DisposeAsync() => await _queries.DisposeAsync();

    [Fact]
    public async Task Version_IsMadeOnce()
    {
        (await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId })).ShouldBeTrue();
        (await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId })).ShouldBeFalse();
        (await VersionAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Insert_MovesTheVersion_AndOldVersionsAndKnownSilosAreRefused()
    {
        await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId });

        (await InsertAsync(port: 1, version: 0)).ShouldBeTrue();
        (await InsertAsync(port: 2, version: 0)).ShouldBeFalse("the version has moved");
        (await InsertAsync(port: 1, version: 1)).ShouldBeFalse("it is there");
        (await VersionAsync()).ShouldBe(1);
        (await InsertAsync(port: 2, version: 1)).ShouldBeTrue();
        (await ReadAllAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Insert_ManyAtOnceWithOneVersion_OneSucceeds()
    {
        await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId });

        var results = await Task.WhenAll(Enumerable.Range(1, 12).Select(port => InsertAsync(port, version: 0)));

        results.Count(succeeded => succeeded).ShouldBe(1);
        (await VersionAsync()).ShouldBe(1);
        (await ReadAllAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Update_NeedsTheSiloAndTheCurrentVersion()
    {
        await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId });
        await InsertAsync(port: 1, version: 0);

        (await UpdateAsync(port: 1, version: 0)).ShouldBeFalse();
        (await UpdateAsync(port: 9, version: 1)).ShouldBeFalse();
        (await VersionAsync()).ShouldBe(1, "a refused change moves nothing");
        (await UpdateAsync(port: 1, version: 1, suspects: "S,T")).ShouldBeTrue();
        (await UpdateAsync(port: 1, version: 2, suspects: null)).ShouldBeTrue();

        var row = (await ReadAllAsync()).ShouldHaveSingleItem();
        (row["Status"], row["Version"], row["SuspectTimes"]).ShouldBe((Dead, 3, DBNull.Value));
    }

    [Fact]
    public async Task Update_WhileTheSiloSaysItLives_BothHold()
    {
        await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId });
        await InsertAsync(port: 1, version: 0);
        var alive = Enumerable.Range(1, 50).Select(second => _queries.RunAsync(
            "UpdateIAmAlivetimeKey",
            new { DeploymentId, Address = "127.0.0.1", Port = 1, Generation = 7, IAmAliveTime = Now.AddSeconds(second) }));
        var updates = Enumerable.Range(0, 50).Select(_ => UpdateAsync(port: 1, version: 1));

        await Task.WhenAll([Task.WhenAll(alive), .. updates]);

        (await VersionAsync()).ShouldBe(2);
        (await ReadAllAsync()).ShouldHaveSingleItem()["Status"].ShouldBe(Dead);
    }

    [Fact]
    public async Task ReadRow_UnknownSilo_StillAnswersTheVersion()
    {
        await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId });

        var row = (await _queries.RunAsync("MembershipReadRowKey", new { DeploymentId, Address = "127.0.0.1", Port = 1, Generation = 7 })).ShouldHaveSingleItem();

        (row["Version"], row["StartTime"]).ShouldBe((0, DBNull.Value));
        row.Keys.ShouldBe(
            ["deploymentid", "address", "port", "generation", "siloname", "hostname", "status", "proxyport", "suspecttimes", "starttime", "iamalivetime", "version"],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Gateways_AreActiveSilosWithAPort()
    {
        await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId });
        await InsertAsync(port: 1, version: 0);
        await InsertAsync(port: 2, version: 1, proxyPort: 0);
        await InsertAsync(port: 3, version: 2);
        await UpdateAsync(port: 3, version: 3);

        (await _queries.RunAsync("GatewaysQueryKey", new { DeploymentId, Status = Active })).ShouldHaveSingleItem()["ProxyPort"].ShouldBe(30000);
    }

    [Fact]
    public async Task Cleanup_RemovesOldSilosThatAreNotActive()
    {
        await _queries.SucceedsAsync("InsertMembershipVersionKey", new { DeploymentId });
        await InsertAsync(port: 1, version: 0);
        await InsertAsync(port: 2, version: 1);
        await UpdateAsync(port: 2, version: 2);

        await _queries.RunAsync("CleanupDefunctSiloEntriesKey", new { DeploymentId, IAmAliveTime = Now });
        (await ReadAllAsync()).Count.ShouldBe(2);
        await _queries.RunAsync("CleanupDefunctSiloEntriesKey", new { DeploymentId, IAmAliveTime = Now.AddHours(1) });
        (await ReadAllAsync()).ShouldHaveSingleItem()["Port"].ShouldBe(1);

        await _queries.RunAsync("DeleteMembershipTableEntriesKey", new { DeploymentId });
        (await ReadAllAsync()).ShouldBeEmpty();
    }

    private Task<bool> InsertAsync(int port, int version, int proxyPort = 30000) => _queries.SucceedsAsync("InsertMembershipKey", new
    {
        DeploymentId, Address = "127.0.0.1", Port = port, Generation = 7, SiloName = "silo", HostName = "host", Status = Active,
        ProxyPort = proxyPort, StartTime = Now, IAmAliveTime = Now, Version = version,
    });

    private Task<bool> UpdateAsync(int port, int version, string? suspects = null) => _queries.SucceedsAsync("UpdateMembershipKey", new
    {
        DeploymentId, Address = "127.0.0.1", Port = port, Generation = 7, Status = Dead, SuspectTimes = suspects, IAmAliveTime = Now, Version = version,
    });

    private Task<List<Dictionary<string, object>>> ReadAllAsync() => _queries.RunAsync("MembershipReadAllKey", new { DeploymentId });

    private async Task<int> VersionAsync() => (int)(await ReadAllAsync())[0]["Version"];
}
