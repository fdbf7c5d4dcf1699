using Npgsql;
using Platform.Audit;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Backups;

/// <summary>Fills a database through the grains, backs it up beside the running silo, restores it elsewhere and starts on that.</summary>
internal sealed class BackupsRun(BackupsOptions options, Report report, string folder)
{
    private const int InFlight = 64;
    private const int EventsPerCall = 250;

    private readonly SessionMaker _maker = new();
    private readonly ShiftedClock _clock = new();

    private string Source => Path.Combine(folder, "source");

    private string Backups => Path.Combine(folder, "backups");

    private string Restored => Path.Combine(folder, "restored");

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Table("Commands", "What", "Time", "Resident at most", "Size");
        Directory.CreateDirectory(Source);
        TimeSpan backedUp, restored;
        await using (var silo = await BenchmarkSilo.StartAsync(Source, _clock, options.Postgres))
        {
            await FillAsync(silo, cancellationToken);
            var size = await SizeAsync(options.Postgres, Source, cancellationToken);
            backedUp = await CommandAsync("`backup`, beside the silo", ["backup", "--to", Backups, .. Settings(Source, options.Postgres)], () => $"{Units.Size(SizeOf(Backups))} of {Units.Size(size)}", cancellationToken);
        }

        var postgres = await MakeDatabaseAsync(cancellationToken);
        try
        {
            await CopyKeyAsync();
            var backup = Directory.GetDirectories(Backups).Single();
            restored = await CommandAsync("`restore`", ["restore", "--from", backup, .. Settings(Restored, postgres)], () => "", cancellationToken);
            var effort = Effort.Start();
            await using (await BenchmarkSilo.StartAsync(Restored, _clock, postgres))
            {
                report.Row("Start of a silo on it", Units.Time(effort.Stop().Elapsed), "", "");
            }
        }
        finally
        {
            await DropDatabaseAsync(postgres);
        }

        // Three times as long as a backup and its verification take, which is as much as backup and restore.
        var interval = TimeSpan.FromMinutes(Math.Max(1, Math.Ceiling(3 * (backedUp + restored).TotalMinutes)));
        await new ValidationsBesideBackups(report, Source, Path.Combine(folder, "by-the-clock"), interval, Settings(options.Postgres)).RunAsync(cancellationToken);
    }

    private async Task FillAsync(BenchmarkSilo silo, CancellationToken cancellationToken)
    {
        var users = new UserId[options.Users];
        await ForAllAsync(options.Users, async i => users[i] = await _maker.NewUserAsync(silo, i), cancellationToken);
        await Console.Error.WriteLineAsync($"{Units.Count(options.Users)} users");
        await ForAllAsync(options.Sessions, async i => await _maker.OpenAsync(silo, users[i % users.Length], i), cancellationToken);
        await Console.Error.WriteLineAsync($"{Units.Count(options.Sessions)} sessions");
        await ForAllAsync(options.Events / EventsPerCall, i => AppendAsync(silo, users, i, cancellationToken), cancellationToken);
        await Console.Error.WriteLineAsync($"{Units.Count(options.Events)} events");
    }

    private Task AppendAsync(BenchmarkSilo silo, UserId[] users, int call, CancellationToken cancellationToken)
    {
        var tenant = _maker.ActorOf(users[0], default).TenantId;
        return silo.Grains.AuditLog(tenant).AppendAsync(
            [.. Enumerable.Range(0, EventsPerCall).Select(i =>
            {
                var user = users[(call + i) % users.Length];
                return AuditEntry.By(_maker.ActorOf(user, SessionId.From(user.Value)), AuditActions.UserUpdated, new AuditParty(AuditParties.User, user.ToString(), "bob"));
            })],
            cancellationToken);
    }

    /// <returns>How long it took.</returns>
    private async Task<TimeSpan> CommandAsync(string what, IEnumerable<string> arguments, Func<string> size, CancellationToken cancellationToken)
    {
        var (elapsed, resident) = await PlatformProgram.RunAsync(arguments, cancellationToken);
        report.Row(what, Units.Time(elapsed), Units.Size(resident), size());
        await Console.Error.WriteLineAsync($"{what}: {Units.Time(elapsed)}");
        return elapsed;
    }

    private static string[] Settings(string data, string? postgres) => [$"--Platform:DataDirectory={data}", .. Settings(postgres)];

    private static string[] Settings(string? postgres) => ["--Platform:Environment=benchmark", .. postgres is null ? Array.Empty<string>() : [$"--ConnectionStrings:Platform={postgres}"]];

    /// <summary>As an operator does: it is in no backup.</summary>
    private async Task CopyKeyAsync()
    {
        var keys = Directory.CreateDirectory(Path.Combine(Restored, "keys")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(keys, "master.key"), await File.ReadAllBytesAsync(Path.Combine(Source, "keys", "master.key")));
    }

    private static long SizeOf(string path) => Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    private static async Task<long> SizeAsync(string? postgres, string data, CancellationToken cancellationToken)
    {
        if (postgres is null) return Directory.EnumerateFiles(data, "platform.db*").Sum(file => new FileInfo(file).Length);
        await using var source = NpgsqlDataSource.Create(postgres);
        await using var command = source.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>Connection string of a new database on the same server; null on SQLite.</returns>
    private async Task<string?> MakeDatabaseAsync(CancellationToken cancellationToken)
    {
        if (options.Postgres is null) return null;
        var restored = new NpgsqlConnectionStringBuilder(options.Postgres);
        restored.Database += "_restored";
        await using var source = NpgsqlDataSource.Create(options.Postgres);
        await using var command = source.CreateCommand($"CREATE DATABASE \"{restored.Database}\"");
        await command.ExecuteNonQueryAsync(cancellationToken);
        return restored.ConnectionString;
    }

    private async Task DropDatabaseAsync(string? postgres)
    {
        if (postgres is null) return;
        await using var source = NpgsqlDataSource.Create(options.Postgres!);
        await using var command = source.CreateCommand($"DROP DATABASE \"{new NpgsqlConnectionStringBuilder(postgres).Database}\" WITH (FORCE)");
        await command.ExecuteNonQueryAsync();
    }

    private static Task ForAllAsync(int count, Func<int, Task> action, CancellationToken cancellationToken) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellationToken }, async (i, _) => await action(i));
}
