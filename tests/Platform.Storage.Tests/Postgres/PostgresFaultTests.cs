using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Storage;
using Platform.Replicas;
using Platform.Sessions;
using Platform.Snippets;
using Platform.State;
using Platform.Storage.Tests.Hosting;
using Platform.Storage.Tests.Tables;

namespace Platform.Storage.Tests.Postgres;

/// <summary>On a server of their own, which they kill.</summary>
public sealed class PostgresFaultTests : IAsyncLifetime
{
    private const int Grains = 12;

    private PostgresServer _server = null!;
    private IHost _host = null!;
    private string _connectionString = null!;

    private IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>(StateNames.Storage);

    private SessionTable Sessions => _host.Services.GetRequiredService<SessionTable>();

    private StorageHealth Health => _host.Services.GetRequiredService<StorageHealth>();

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        _connectionString = await _server.CreateDatabaseAsync("faults");
        _host = await StorageFixture.StartAsync(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Platform"] = _connectionString + ";Command Timeout=2",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    [Trait("Fault", "F7")]
    public async Task Kill_InMidWrite_LosesNoAcknowledgedWriteAndRecovers()
    {
        var acknowledged = new long[Grains];
        for (var round = 1; round <= 3; round++)
        {
            using var stop = new CancellationTokenSource();
            var enough = new TaskCompletionSource();
            var total = 0;
            var writers = Enumerable.Range(0, Grains).Select(grain => Task.Run(() => WriteUntilItFailsAsync(grain, acknowledged, () =>
            {
                if (Interlocked.Increment(ref total) == 200) enough.TrySetResult();
            }))).ToArray();
            await enough.Task;

            _server.Kill();
            await Task.WhenAll(writers);
            (await Health.IsHealthyAsync(default)).ShouldBeFalse();
            await Should.ThrowAsync<StorageUnavailableException>(() => ReadAsync(0));
            await Should.ThrowAsync<StorageUnavailableException>(() => Sessions.AddAsync(Samples.Session(Samples.New<TenantId>(), Samples.New<Platform.UserId>()), default));

            await _server.ResumeAsync();
            for (var grain = 0; grain < Grains; grain++)
            {
                var state = await ReadAsync(grain);

                // One whose turn had not come when the server died holds nothing yet.
                var stored = state.RecordExists ? long.Parse(state.State.Name, CultureInfo.InvariantCulture) : 0;
                stored.ShouldBeGreaterThanOrEqualTo(acknowledged[grain], $"round {round}");
                stored.ShouldBeLessThanOrEqualTo(acknowledged[grain] + 1, "at most the one write whose answer was lost");
                acknowledged[grain] = stored;
            }
        }
    }

    [Fact]
    [Trait("Fault", "F8")]
    public async Task LockedTable_WritesAreUnavailableInTimeAndComeBack()
    {
        var row = Samples.Session(Samples.New<TenantId>(), Samples.New<UserId>());
        await using (var blocker = new NpgsqlConnection(_connectionString))
        {
            await blocker.OpenAsync();
            await using var transaction = await blocker.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("LOCK TABLE sessions, orleansstorage", blocker);
            await command.ExecuteNonQueryAsync();

            // More than the pool has connections: none may hang, and the pool must be whole afterwards.
            var writes = Enumerable.Range(0, 40).Select(_ => Should.ThrowAsync<StorageUnavailableException>(() => Sessions.AddAsync(row, default)));
            await Task.WhenAll([.. writes, Should.ThrowAsync<StorageUnavailableException>(() => ReadAsync(99))]);
        }

        await Sessions.AddAsync(row, default);
        (await ReadAsync(99)).RecordExists.ShouldBeFalse();
    }

    [Fact]
    public async Task SynchronousCommit_IsOffForActivityOnly()
    {
        // A trigger notes what the writing transaction waits for.
        await using var admin = NpgsqlDataSource.Create(_connectionString);
        await using (var command = admin.CreateCommand(
            """
            CREATE TABLE noted (tab text, setting text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                $f$ BEGIN INSERT INTO noted VALUES (TG_TABLE_NAME, current_setting('synchronous_commit')); RETURN NULL; END $f$;
            CREATE TRIGGER note AFTER INSERT OR UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER note AFTER UPDATE ON session_activity FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER note AFTER INSERT OR UPDATE ON orleansstorage FOR EACH ROW EXECUTE FUNCTION note();
            """)) await command.ExecuteNonQueryAsync();
        var row = Samples.Session(Samples.New<TenantId>(), Samples.New<UserId>());

        for (var i = 0; i < 10; i++)
        {
            await Sessions.AddAsync(row with { Id = Samples.New<SessionId>() }, default);
            await Sessions.AddAsync(row, default);
            await Sessions.SaveActivityAsync([new SessionActivity(row.Id, Samples.Now.AddMinutes(i))], default);
            await Sessions.EndAsync(row.Id, Platform.Sessions.SessionState.Revoked, Samples.Now, default);
            await Storage.WriteStateAsync("snippet", Id(1000 + i), new TestState<StoredSnippet> { State = new() });
        }

        await using var read = admin.CreateCommand("SELECT DISTINCT tab || ' ' || setting FROM noted ORDER BY 1");
        await using var reader = await read.ExecuteReaderAsync();
        var noted = new List<string>();
        while (await reader.ReadAsync()) noted.Add(reader.GetString(0));
        noted.ShouldBe(["orleansstorage on", "session_activity off", "sessions on"]);
    }

    private async Task WriteUntilItFailsAsync(int grain, long[] acknowledged, Action written)
    {
        try
        {
            var state = await ReadAsync(grain);
            while (true)
            {
                var next = acknowledged[grain] + 1;
                state.State = new StoredSnippet { Name = next.ToString(CultureInfo.InvariantCulture) };
                await Storage.WriteStateAsync("snippet", Id(grain), state);
                acknowledged[grain] = next;
                written();
            }
        }
        catch (StorageUnavailableException)
        {
            // The server is gone.
        }
    }

    private async Task<TestState<StoredSnippet>> ReadAsync(int grain)
    {
        var state = new TestState<StoredSnippet>();
        await Storage.ReadStateAsync("snippet", Id(grain), state);
        return state;
    }

    private static GrainId Id(int grain) => GrainId.Create("test", $"snp_fault_{grain}");
}
