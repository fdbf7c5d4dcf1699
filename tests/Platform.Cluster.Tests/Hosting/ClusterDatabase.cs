using System.Globalization;
using Npgsql;

namespace Platform.Cluster.Tests.Hosting;

/// <summary>The tables in which the silos see each other, read from outside.</summary>
internal sealed class ClusterDatabase(string connectionString) : IAsyncDisposable
{
    private const int Dead = 6;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    /// <summary>Port of the silo in which a grain is now; null when it is in none.</summary>
    /// <param name="key">Such as a session's id.</param>
    public async Task<int?> SiloPortOfAsync(string key)
    {
        await using var command = _source.CreateCommand("SELECT silo FROM grain_directory WHERE grain LIKE '%/' || @key");
        command.Parameters.AddWithValue("key", key);
        return await command.ExecuteScalarAsync() is string silo ? PortOf(silo) : null;
    }

    /// <summary>How many silos that were here have been declared dead, of those at this port.</summary>
    public async Task<long> DeadAtAsync(int siloPort)
    {
        await using var command = _source.CreateCommand("SELECT count(*) FROM OrleansMembershipTable WHERE port = @port AND status = @dead");
        command.Parameters.AddWithValue("port", siloPort);
        command.Parameters.AddWithValue("dead", Dead);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>All silos that are or were here, as <c>127.0.0.1:12345@67890</c>.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync()
    {
        await using var command = _source.CreateCommand("SELECT address || ':' || port || '@' || generation FROM OrleansMembershipTable ORDER BY 1");
        await using var reader = await command.ExecuteReaderAsync();
        var members = new List<string>();
        while (await reader.ReadAsync()) members.Add(reader.GetString(0));
        return members;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Of <c>127.0.0.1:12345@67890</c>.</summary>
    private static int PortOf(string silo) => int.Parse(silo.Split('@')[0].Split(':')[^1], CultureInfo.InvariantCulture);
}
