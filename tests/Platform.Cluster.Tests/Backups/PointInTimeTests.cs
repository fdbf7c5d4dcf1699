using System.Globalization;
using System.Net;
using Npgsql;

namespace Platform.Cluster.Tests.Backups;

/// <summary>Base backup, archived write-ahead log, loss of the server, recovery to a moment, as docs/operations/backups.md says (row DR).</summary>
public sealed class PointInTimeTests : IAsyncLifetime
{
    private readonly DataFolder _folder = new();
    private Guide _guide = null!;
    private PostgresServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _guide = await Guide.ReadAsync("backups.md");
        string[] settings = [_guide.Take("archive_mode"), _guide.Take("archive_command")];
        _server = await PostgresServer.StartAsync(folder => string.Join(' ', settings.Select(setting => $"-c {setting.Replace(" = ", "=", StringComparison.Ordinal).Replace("/mnt", folder, StringComparison.Ordinal)}")));
    }

    public async ValueTask DisposeAsync()
    {
        await _folder.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact, Trait("Fault", "F21"), Trait("Threat", "T78")]
    public async Task Recovery_ToAMoment_HoldsWhatWasAcknowledgedUntilThenAndRevivesNothing()
    {
        await _server.RunShellAsync($"mkdir {_server.PathOf("wal")}");
        var database = await _server.CreateDatabaseAsync("platform");
        var start = new PlatformStart(_folder) { Settings = [("ConnectionStrings__Platform", database)] };
        var platform = await PlatformProcess.StartAsync(start);
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var owner = await platform.SignInAsync("acme", "owner");
        await _server.RunToolAsync("pg_basebackup", [.. Own(_guide.Take("pg_basebackup")).Split(' ').Skip(1), "-d", _server.ConnectionStringOf("postgres")]);

        // Between the base backup and the moment: only the write-ahead log has it.
        var kept = await CreateScenarioAsync(platform, owner.Token);
        var moment = await ReadClockAsync(database);
        (await platform.SignOutAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        var lost = await CreateScenarioAsync(platform, (await platform.SignInAsync("acme", "owner")).Token);
        await platform.KillAsync();
        await platform.DisposeAsync();
        await ExecuteAsync(database, "SELECT pg_switch_wal()");
        _server.Kill();

        // The disk with the data is gone; what had not been archived yet is taken from it, as from a second one.
        await _server.RunShellAsync($"cp -f {_server.PathOf("data")}/pg_wal/0* {_server.PathOf("wal")}/");
        await _server.ReplaceDataAsync(_server.PathOf("base"));
        await _server.RunShellAsync(string.Create(CultureInfo.InvariantCulture, $"""
            cd {_server.PathOf("data")} && touch recovery.signal
            echo "{Own(_guide.Take("restore_command"))}" >> postgresql.auto.conf
            echo "{_guide.Take("recovery_target_time").Split('=')[0]} = '{moment:O}'" >> postgresql.auto.conf
            echo "{_guide.Take("recovery_target_action")}" >> postgresql.auto.conf
            """));
        await _server.ResumeAsync();
        while (await ReadAsync<bool>(database, "SELECT pg_is_in_recovery()")) await Task.Yield();

        var recovered = await PlatformProcess.RunToEndAsync(start with { Arguments = ["restore", "--recovered"] });
        recovered.ExitCode.ShouldBe(0, recovered.ToString());
        platform = await PlatformProcess.StartAsync(start, platform.OperatorPassword);
        await using var _ = platform;

        (await platform.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        var asked = (await platform.TrySignInAsync("acme", "owner", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json;
        asked.GetProperty("status").GetString().ShouldBe("password_change_required");
        var token = SignedIn.Of(await platform.SendAsync(
            "POST", "/v1/sign-in/new-password", new { challenge = asked.GetProperty("challenge").GetString(), newPassword = "Louder-Harbour-72" })).Token;
        (await platform.SendAsync("GET", $"/v1/tenants/acme/scenarios/{kept}", token: token)).ShouldBe(HttpStatusCode.OK);
        (await platform.SendAsync("GET", $"/v1/tenants/acme/scenarios/{lost}", token: token)).ShouldBe(HttpStatusCode.NotFound);
        (await platform.SendAsync("GET", "/v1/tenants/acme/audit-events/verify", token: token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    /// <summary>With the folder of this server in the place of the guide's.</summary>
    private string Own(string line) => line.Replace("/mnt", _server.PathOf(""), StringComparison.Ordinal);

    private static async Task<string> CreateScenarioAsync(PlatformProcess platform, string token) =>
        (await platform.SendAsync("POST", "/v1/tenants/acme/scenarios", new { name = "scenario", kind = "scenario", content = new { } }, token)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;

    private static async Task<DateTimeOffset> ReadClockAsync(string database) => new(await ReadAsync<DateTime>(database, "SELECT clock_timestamp()"), TimeSpan.Zero);

    private static async Task<T> ReadAsync<T>(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static Task<object> ExecuteAsync(string database, string sql) => ReadAsync<object>(database, sql);
}
