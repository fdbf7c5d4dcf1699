using System.Diagnostics;
using Npgsql;
using Platform.Benchmarks.Compare.Servers;

namespace Platform.Benchmarks.Compare;

/// <summary>A PostgreSQL server that the environment names, or one of its own by the script of the tests.</summary>
internal sealed class PostgreSqlStore : ICompareStore
{
    private const string Variable = "PLATFORM_TEST_POSTGRES";
    private const string Script = "eng/with-postgres.sh";
    private const string ApplicationName = "platform-compare";

    private readonly TiedProcess? _own;
    private readonly NpgsqlDataSource _source;

    private PostgreSqlStore(TiedProcess? own, string configuration)
    {
        (_own, _source) = (own, NpgsqlDataSource.Create(configuration));
        Configuration = new NpgsqlConnectionStringBuilder(configuration)
        {
            ApplicationName = ApplicationName, MinPoolSize = 32, MaxPoolSize = 32, MaxAutoPrepare = 8, AutoPrepareMinUsages = 1,
        }.ConnectionString;
    }

    public string Configuration { get; }

    public static async Task<ICompareStore> StartAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return new PostgreSqlStore(own: null, LoopbackOnly.Check(named, Variable));
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, Script))) root = root.Parent;
        if (root is null) throw new StoreMissingException($"{Variable} names no server, and {Script} is not there.");
        var own = await TiedProcess.StartAsync(Path.Combine(root.FullName, Script), ["/bin/sh", "-c", $"echo \"${Variable}\"; exec cat"], cancellationToken);
        return new PostgreSqlStore(own, LoopbackOnly.Check(own.FirstLine, Variable));
    }

    public async Task FillAsync(IReadOnlyList<string> tokens, IReadOnlyDictionary<string, Answer> answers, CancellationToken cancellationToken)
    {
        await using var table = _source.CreateCommand(
            $"DROP TABLE IF EXISTS {PostgreSqlServer.Table}; CREATE TABLE {PostgreSqlServer.Table} (id text PRIMARY KEY, body bytea NOT NULL, expires_at timestamptz NOT NULL)");
        await table.ExecuteNonQueryAsync(cancellationToken);
        foreach (var token in tokens)
        {
            await using var row = _source.CreateCommand($"INSERT INTO {PostgreSqlServer.Table} VALUES (@id, @body, now() + interval '1 day')");
            row.Parameters.AddWithValue("id", token);
            row.Parameters.AddWithValue("body", answers[ComparedCall.Peek.Path].Body);
            await row.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var analyze = _source.CreateCommand($"ANALYZE {PostgreSqlServer.Table}");
        await analyze.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Of the processes that serve the compared server's connections.</summary>
    public async Task<TimeSpan> ReadProcessorAsync(CancellationToken cancellationToken)
    {
        var sum = TimeSpan.Zero;
        await using var command = _source.CreateCommand("SELECT pid FROM pg_stat_activity WHERE application_name = @name");
        command.Parameters.AddWithValue("name", ApplicationName);
        await using var pids = await command.ExecuteReaderAsync(cancellationToken);
        while (await pids.ReadAsync(cancellationToken))
        {
            using var backend = Process.GetProcessById(pids.GetInt32(0));
            sum += backend.TotalProcessorTime;
        }

        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var table = _source.CreateCommand($"DROP TABLE IF EXISTS {PostgreSqlServer.Table}");
            await table.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException failure)
        {
            // A server of its own takes its data with it.
            if (_own is null) await Console.Error.WriteLineAsync($"Table {PostgreSqlServer.Table} could not be dropped: {failure.Message}");
        }

        await _source.DisposeAsync();
        if (_own is not null) await _own.DisposeAsync();
    }
}
