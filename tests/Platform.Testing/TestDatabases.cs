using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Platform.Testing;

/// <summary>
/// On which database a test's platform runs: the SQLite file in its data folder or, with PLATFORM_TEST_POSTGRES (connection string of a server on which
/// databases may be made; <c>eng/with-postgres.sh</c> starts one), a PostgreSQL database for each data folder. Who comes back to a folder finds its data.
/// </summary>
public static class TestDatabases
{
    private static readonly string? Server = Environment.GetEnvironmentVariable("PLATFORM_TEST_POSTGRES") is { Length: > 0 } server ? server : null;

    public static bool ArePostgres => Server is not null;

    /// <returns>Connection string of the folder's database, which is made if there is none; null where the platform is to use its own file.</returns>
    public static async Task<string?> OpenAsync(string folder)
    {
        if (Server is null) return null;
        await using var source = NpgsqlDataSource.Create(Administration(Server));
        await using var exists = source.CreateCommand("SELECT count(*) FROM pg_database WHERE datname = $1");
        exists.Parameters.AddWithValue(NameOf(folder));
        if (await exists.ExecuteScalarAsync() is 0L) await ExecuteAsync(source, $"CREATE DATABASE {NameOf(folder)}");
        return ConnectionString(Server, folder);
    }

    /// <summary>The database of one folder becomes that of another, which has none. Nobody may be using it. Nothing to do for a file: it is copied with its folder.</summary>
    public static async Task CopyAsync(string from, string to)
    {
        if (Server is null) return;
        await using var source = NpgsqlDataSource.Create(Administration(Server));
        await ExecuteAsync(source, $"CREATE DATABASE {NameOf(to)} TEMPLATE {NameOf(from)}");
    }

    /// <summary>Changes the database of the folder, as somebody with the rights of its owner could.</summary>
    public static async Task ExecuteAsync(string folder, string sql)
    {
        await using DbConnection connection = Server is null ? new SqliteConnection($"Data Source={Path.Combine(folder, "platform.db")};Pooling=False") : new NpgsqlConnection(ConnectionString(Server, folder));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>At the end of a test. Nothing to do for a file: it goes with its folder.</summary>
    public static async Task DropAsync(string folder)
    {
        if (Server is null) return;
        await using var source = NpgsqlDataSource.Create(Administration(Server));
        for (var tries = 1; ; tries++)
        {
            try
            {
                // FORCE: a provider's pool may hold connections for minutes after its silo is gone.
                await ExecuteAsync(source, $"DROP DATABASE IF EXISTS {NameOf(folder)} WITH (FORCE)");
                return;
            }
            catch (PostgresException inUse) when (inUse.SqlState == PostgresErrorCodes.ObjectInUse && tries < 5)
            {
                // The server waits five seconds for those that it sends away to go, which on a busy machine may be too short.
            }
        }
    }

    /// <summary>
    /// All that lies in the database, bytes as Latin-1, for tests that search it for what must not be there. The file must not be in use; of PostgreSQL
    /// it is the values in all rows of all tables.
    /// </summary>
    public static async Task<string> DumpAsync(string folder)
    {
        var dump = new StringBuilder();
        if (Server is null)
        {
            foreach (var file in Directory.GetFiles(folder, "platform.db*")) dump.AppendLine(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
        }
        else
        {
            await using var source = NpgsqlDataSource.Create(ConnectionString(Server, folder));
            foreach (var table in await TablesAsync(source)) await DumpAsync(source, table, dump);
        }

        // A search that finds nothing in nothing proves nothing.
        dump.Length.ShouldBeGreaterThan(1000);
        return dump.ToString();
    }

    private static async Task<IReadOnlyList<string>> TablesAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'");
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        return tables;
    }

    private static async Task DumpAsync(NpgsqlDataSource source, string table, StringBuilder dump)
    {
        await using var command = source.CreateCommand($"SELECT * FROM {table}");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            for (var column = 0; column < reader.FieldCount; column++)
            {
                dump.AppendLine(reader.GetValue(column) switch
                {
                    byte[] bytes => Encoding.Latin1.GetString(bytes),
                    var value => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes($"{value}")),
                });
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    // Without a pool, so that nothing is left open. Making and dropping a database writes all that waits to the disk first.
    private static string Administration(string server) => new NpgsqlConnectionStringBuilder(server) { Pooling = false, CommandTimeout = 300 }.ConnectionString;

    private static string ConnectionString(string server, string folder) =>
        new NpgsqlConnectionStringBuilder(server) { Database = NameOf(folder), MaxPoolSize = 8 }.ConnectionString;

    private static string NameOf(string folder) =>
        "platform_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))).AsSpan(0, 8));
}
