using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.Hosting;
using Platform.Silo.Hosting;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Postgres;

/// <summary>The one process of an installation has its database for itself.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresDatabaseLockTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Fault", "F15")]
    public async Task Start_OnADatabaseInUse_IsRefusedUntilTheFirstProcessEnds()
    {
        var database = await fixture.Server.CreateDatabaseAsync("ownership_two");
        using var folders = new TempFolder();
        using (var first = await StartAsync(database, folders, "first"))
        {
            (await Should.ThrowAsync<StartupException>(() => StartAsync(database, folders, "second"))).Message.ShouldContain("Another process uses the database");
            await first.StopAsync();
        }

        // With the key that the first has made; without it the database is closed to anybody.
        (await Should.ThrowAsync<StartupException>(() => StartAsync(database, folders, "second"))).Message.ShouldContain("is missing");
        Directory.Move(Path.Combine(folders.Path, "first", "keys"), Path.Combine(folders.Path, "second", "keys"));
        using var second = await StartAsync(database, folders, "second");
        await second.StopAsync();
    }

    [Fact]
    [Trait("Fault", "F15")]
    public async Task Start_OnADataDirectoryInUse_IsRefused()
    {
        using var folders = new TempFolder();
        using var first = await StartAsync(await fixture.Server.CreateDatabaseAsync("ownership_one"), folders, "shared");

        var other = await fixture.Server.CreateDatabaseAsync("ownership_other");
        (await Should.ThrowAsync<StartupException>(() => StartAsync(other, folders, "shared"))).Message.ShouldContain("Another process uses the data directory");
        await first.StopAsync();
    }

    [Fact]
    [Trait("Fault", "F7")]
    public async Task Connection_Lost_IsTakenAgain()
    {
        var database = await fixture.Server.CreateDatabaseAsync("ownership_again");
        using var folders = new TempFolder();
        using var host = await StartAsync(database, folders, "first");
        await using var admin = NpgsqlDataSource.Create(database);
        var before = (await HoldersAsync(admin)).ShouldHaveSingleItem();

        await EndAsync(admin, before);

        // The server only tells the holder to end: it may be listed for a moment yet.
        var ended = TimeProvider.System.GetTimestamp();
        IReadOnlyList<int> after;
        do after = await HoldersAsync(admin);
        while ((after.Count == 0 || after.Contains(before)) && TimeProvider.System.GetElapsedTime(ended) < Timeout);
        after.ShouldHaveSingleItem().ShouldNotBe(before);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested.ShouldBeFalse();
        await host.StopAsync();
    }

    [Fact]
    [Trait("Fault", "F15")]
    public async Task Connection_LostAndTheDatabaseTakenByAnother_EndsTheProcess()
    {
        var database = await fixture.Server.CreateDatabaseAsync("ownership_lost");
        using var folders = new TempFolder();
        using var host = await StartAsync(database, folders, "first");
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var _ = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopping.SetResult());
        await using var admin = NpgsqlDataSource.Create(database);
        var key = await KeyAsync(admin);
        // Waits in the server's queue for the lock, and so is next.
        await using var other = await admin.OpenConnectionAsync();
        await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({key})", other) { CommandTimeout = (int)Timeout.TotalSeconds };
        var taken = take.ExecuteNonQueryAsync();
        while (await ScalarAsync(admin, $"SELECT count(*) FROM pg_locks WHERE {Here} AND NOT granted") is 0L) await Task.Yield();

        await EndAsync(admin, (await HoldersAsync(admin)).ShouldHaveSingleItem());

        await taken;
        await stopping.Task.WaitAsync(Timeout, TimeProvider.System);
        await host.StopAsync();
    }

    private static async Task<IHost> StartAsync(string database, TempFolder folders, string directory)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Platform"] = database,
            ["Platform:DataDirectory"] = Path.Combine(folders.Path, directory),
        });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddStandaloneSilo();
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<IReadOnlyList<int>> HoldersAsync(NpgsqlDataSource source) =>
        await ScalarAsync(source, $"SELECT array_agg(pid) FROM pg_locks WHERE {Here} AND granted") as int[] ?? [];

    private static async Task<long> KeyAsync(NpgsqlDataSource source) =>
        (long)(await ScalarAsync(source, $"SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE {Here}"))!;

    private static Task<object?> EndAsync(NpgsqlDataSource source, int process) => ScalarAsync(source, $"SELECT pg_terminate_backend({process})");

    private const string Here = "locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
}
