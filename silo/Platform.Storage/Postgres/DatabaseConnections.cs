using Microsoft.Extensions.Configuration;
using Npgsql;
using Platform.Hosting;

namespace Platform.Storage.Postgres;

internal static class DatabaseConnections
{
    /// <summary>Most connections of the pool; 0 if the database is a file or elsewhere, or if the connection string is missing (its own check reports that).</summary>
    public static int Most(IConfiguration configuration)
    {
        if (configuration.GetConnectionString(DatabaseOptions.ConnectionName) is not { } text || string.IsNullOrWhiteSpace(text)) return 0;
        try
        {
            return new NpgsqlConnectionStringBuilder(PostgresConnection.Complete(text)).MaxPoolSize;
        }
        catch (StartupException)
        {
            return 0;
        }
    }
}
