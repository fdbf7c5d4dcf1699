using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Reflection;

namespace Orleans.AdoNet;

/// <summary>Runs the statements that table OrleansQuery holds, on the provider of an invariant name.</summary>
internal sealed class AdoNetDatabase
{
    private static readonly ConcurrentDictionary<string, DbProviderFactory> Factories = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, (string Assembly, string Type)> Known = new(StringComparer.Ordinal)
    {
        ["Npgsql"] = ("Npgsql", "Npgsql.NpgsqlFactory"),
        ["Microsoft.Data.SqlClient"] = ("Microsoft.Data.SqlClient", "Microsoft.Data.SqlClient.SqlClientFactory"),
        ["MySql.Data.MySqlClient"] = ("MySql.Data", "MySql.Data.MySqlClient.MySqlClientFactory"),
        ["MySql.Data.MySqlConnector"] = ("MySqlConnector", "MySqlConnector.MySqlConnectorFactory"),
        ["System.Data.SQLite"] = ("Microsoft.Data.Sqlite", "Microsoft.Data.Sqlite.SqliteFactory"),
        ["Oracle.DataAccess.Client"] = ("Oracle.ManagedDataAccess", "Oracle.ManagedDataAccess.Client.OracleClientFactory"),
    };

    private readonly Func<DbConnection> _connect;
    private Dictionary<string, string> _statements = [];

    public AdoNetDatabase(string invariant, string? connectionString, DbDataSource? source) => _connect = source is null
        ? () => Connection(invariant, connectionString!)
        : source.CreateConnection;

    public bool Has(string key) => _statements.ContainsKey(key);

    public async Task LoadStatementsAsync(CancellationToken token)
    {
        var rows = await RunAsync(
            "SELECT QueryKey, QueryText FROM OrleansQuery", static _ => { }, static row => (Key: row.GetString(0), Text: row.GetString(1)), token);
        _statements = rows.ToDictionary(static row => row.Key, static row => row.Text, StringComparer.Ordinal);
    }

    /// <summary>Runs the statement stored under a key and reads its first result.</summary>
    public Task<List<T>> QueryAsync<T>(string key, Action<DbCommand> parameters, Func<DbDataReader, T> read, CancellationToken token = default)
        => RunAsync(_statements.TryGetValue(key, out var text) ? text : throw new InvalidOperationException($"Table OrleansQuery has no row {key}."), parameters, read, token);

    private async Task<List<T>> RunAsync<T>(string text, Action<DbCommand> parameters, Func<DbDataReader, T> read, CancellationToken token)
    {
        await using var connection = _connect();
        await connection.OpenAsync(token);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is what the database administrator stored in OrleansQuery, as with Orleans.
        command.CommandText = text;
#pragma warning restore CA2100
        parameters(command);
        await using var reader = await command.ExecuteReaderAsync(token);
        var rows = new List<T>();
        while (await reader.ReadAsync(token))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static DbConnection Connection(string invariant, string connectionString)
    {
        var connection = Factories.GetOrAdd(invariant, Factory).CreateConnection()
            ?? throw new InvalidOperationException($"Database provider factory: '{invariant}' did not return a connection object.");
        connection.ConnectionString = connectionString;
        return connection;
    }

    private static DbProviderFactory Factory(string invariant)
    {
        if (!Known.TryGetValue(invariant, out var known))
        {
            throw new InvalidOperationException($"Database provider factory with '{invariant}' invariant name not supported.");
        }

        try
        {
            return (DbProviderFactory)Assembly.Load(known.Assembly).GetType(known.Type, throwOnError: true)!
                .GetField("Instance", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        }
        catch (Exception missing) when (missing is FileNotFoundException or TypeLoadException)
        {
            throw new InvalidOperationException($"Unable to find and/or load a candidate assembly '{known.Assembly}' for '{invariant}' invariant name.", missing);
        }
    }
}

internal static class AdoNetParameters
{
    public static void Add(this DbCommand command, string name, DbType type, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        parameter.DbType = type;
        command.Parameters.Add(parameter);
    }
}
