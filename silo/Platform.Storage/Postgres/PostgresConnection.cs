using Npgsql;
using Platform.Hosting;

namespace Platform.Storage.Postgres;

/// <summary>Fills in what an operator left open in the connection string.</summary>
internal static class PostgresConnection
{
    public static string Complete(string connectionString)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            throw NotAConnectionString();
        }

        // Statements are few and fixed: prepared, an update costs two thirds. More connections than this only queue inside the server.
        Default(builder, "Max Auto Prepare", () => builder.MaxAutoPrepare = 20);
        Default(builder, "Maximum Pool Size", () => builder.MaxPoolSize = Math.Max(8, Environment.ProcessorCount * 4));
        // Seconds. Below the time that a grain call may take, so that the answer is 503 and not a timeout with an open outcome.
        Default(builder, "Timeout", () => builder.Timeout = 5);
        Default(builder, "Command Timeout", () => builder.CommandTimeout = 8);
        Default(builder, "Application Name", () => builder.ApplicationName = "platform");
        // Error details hold values of rows.
        builder.IncludeErrorDetail = false;
        return builder.ToString();
    }

    // Without the driver's message: it may quote a part of the text, which holds a password.
    private static StartupException NotAConnectionString() =>
        new($"ConnectionStrings:{DatabaseOptions.ConnectionName} is not a PostgreSQL connection string.");

    private static void Default(NpgsqlConnectionStringBuilder builder, string keyword, Action set)
    {
        if (!builder.ShouldSerialize(keyword)) set();
    }
}
