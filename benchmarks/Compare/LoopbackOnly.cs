using System.Net;
using Npgsql;

namespace Platform.Benchmarks.Compare;

/// <summary>Nothing but this machine is measured, or written to.</summary>
internal static class LoopbackOnly
{
    /// <param name="connection">Connection string of a PostgreSQL server.</param>
    /// <param name="source">Where it was given.</param>
    /// <returns>The same.</returns>
    public static string Check(string connection, string source)
    {
        string host;
        try
        {
            host = new NpgsqlConnectionStringBuilder(connection).Host ?? "";
        }
        catch (ArgumentException)
        {
            throw new UsageException($"{source} is no connection string of PostgreSQL.");
        }

        // A path is that of a socket in the file system.
        return host == "localhost" || host.StartsWith('/') || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))
            ? connection
            : throw new UsageException($"{source} names '{host}', which is not this machine: compare asks servers on loopback only.");
    }
}
