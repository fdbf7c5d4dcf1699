using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Platform.Sessions;
using Platform.Storage.Sqlite;
using Platform.Telemetry;

namespace Platform.Storage.Tests.Hosting;

/// <summary>The SQLite database without a host around it.</summary>
internal static class TestDatabase
{
    private static readonly PlatformMetrics Metrics =
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), new LiveSessions());

    public static async Task<SqliteDatabase> OpenAsync(string directory, Action<DatabaseOptions>? configure = null)
    {
        var options = new DatabaseOptions();
        configure?.Invoke(options);
        var telemetry = new StorageTelemetry(Metrics, TimeProvider.System, NullLogger<StorageTelemetry>.Instance);
        var database = new SqliteDatabase(Options.Create(new PlatformOptions { DataDirectory = directory }), Options.Create(options), telemetry);
        await database.OpenAsync(CancellationToken.None);
        return database;
    }

    public static IGrainStorage GrainStorage(this SqliteDatabase database) =>
        new SqliteGrainStorage(database, new AlertingSerializer(new StateSerializer(), NullLogger<AlertingSerializer>.Instance), TimeProvider.System);

    /// <summary>A connection of a foreign tool to the same file.</summary>
    public static SqliteConnection Foreign(string directory)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "platform.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    public static object? Scalar(this SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command.ExecuteScalar();
    }
}
