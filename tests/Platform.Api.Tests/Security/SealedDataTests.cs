using System.Net;

namespace Platform.Api.Tests.Security;

/// <summary><c>/readyz</c> proves that what is sealed opens, whatever the process remembers, and says what to restore.</summary>
public sealed class SealedDataTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(31);

    private readonly PlatformHost _host = new();

    public async ValueTask InitializeAsync() => await _host.StartedAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    public static TheoryData<string, string> Losses => new()
    {
        { "DELETE FROM data_keys", "The database holds users, but none of their data keys (table data_keys)" },
        { "DELETE FROM data_keys WHERE subject_id <> 'canary'", "The database holds users, but none of their data keys (table data_keys)" },
        { "DELETE FROM data_keys WHERE subject_id = 'canary'", "Table data_keys has lost rows" },
        { "UPDATE data_keys SET wrapped = (SELECT k.wrapped FROM data_keys k WHERE k.subject_id <> 'canary' LIMIT 1) WHERE subject_id = 'canary'", "The master key does not open table data_keys" },
        { "DELETE FROM secrets WHERE name = 'canary'", "The canary in table secrets is missing" },
        { "UPDATE secrets SET fingerprint = (SELECT s.fingerprint FROM secrets s WHERE s.name = 'master_key') WHERE name = 'canary'", "The canary in table secrets is missing or was not sealed" },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    [Trait("Threat", "T77"), Trait("Fault", "F21")]
    public async Task Ready_SealedDataLostWhileThePlatformRuns_SaysWhatToRestoreUntilItIs(string loss, string expected)
    {
        await ShouldBeReadyAsync();
        await ExecuteAsync("CREATE TABLE kept_keys AS SELECT subject_id, wrapped FROM data_keys");
        await ExecuteAsync("CREATE TABLE kept_secrets AS SELECT name, fingerprint FROM secrets");
        await ExecuteAsync(loss);
        await ShouldBeReadyAsync();

        _host.Time.Advance(Interval);
        var unready = (await _host.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        unready.String("status").ShouldBe("unready");
        unready.Json.GetProperty("checks").GetProperty("sealedData").GetString().ShouldBe("unhealthy");
        var detail = unready.Json.GetProperty("details").GetProperty("sealedData").GetString()!;
        detail.ShouldStartWith(expected);
        detail.ShouldContain("Restore that table from your newest copy");
        _host.Logs.At(Microsoft.Extensions.Logging.LogLevel.Critical).Count(line => line.Contains(expected, StringComparison.Ordinal)).ShouldBe(1);

        await ExecuteAsync("DELETE FROM data_keys");
        await ExecuteAsync("INSERT INTO data_keys (subject_id, wrapped) SELECT subject_id, wrapped FROM kept_keys");
        await ExecuteAsync("DELETE FROM secrets");
        await ExecuteAsync("INSERT INTO secrets (name, fingerprint) SELECT name, fingerprint FROM kept_secrets");
        _host.Time.Advance(Interval);
        await ShouldBeReadyAsync();
    }

    [Fact]
    public async Task Start_DatabaseFromBeforeTheCanary_GetsOne()
    {
        await _host.DisposeStartedAsync();
        await ExecuteAsync("DELETE FROM data_keys WHERE subject_id = 'canary'");
        await ExecuteAsync("DELETE FROM secrets WHERE name IN ('canary', 'environment')");

        await _host.InitializeAsync();
        await ShouldBeReadyAsync();
        await _host.RestartAsync();
        await ShouldBeReadyAsync();
    }

    [Fact]
    [Trait("Threat", "T77")]
    public async Task Start_OnlyTheCanarysKeyIsLeft_IsRefused()
    {
        await _host.DisposeStartedAsync();
        await ExecuteAsync("DELETE FROM data_keys WHERE subject_id <> 'canary'");

        (await Should.ThrowAsync<Platform.Hosting.StartupException>(() => _host.InitializeAsync().AsTask())).Message.ShouldContain("none of their data keys (table data_keys)");
    }

    private async Task ShouldBeReadyAsync()
    {
        var ready = (await _host.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
        ready.Json.GetProperty("checks").GetProperty("sealedData").GetString().ShouldBe("healthy");
        ready.Json.TryGetProperty("details", out _).ShouldBeFalse();
    }

    private Task ExecuteAsync(string sql) => TestDatabases.ExecuteAsync(_host.Folder, sql);
}
