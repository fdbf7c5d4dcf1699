using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Platform.Storage.Postgres;

namespace Platform.Silo.Hosting.Clustering;

/// <param name="Address">Of the silo, with its generation.</param>
/// <param name="Status">As the membership table has it.</param>
/// <param name="Fence">Counts how often others have found that it did not accept what they published.</param>
/// <param name="Adopted">The fence after which it has caught up; while it is behind, it holds no lease.</param>
/// <param name="Gateway">Where API hosts come in, if they do.</param>
internal sealed record Member(SiloAddress Address, SiloStatus Status, long Fence, long Adopted, IPEndPoint? Gateway = null);

/// <summary>
/// Membership as the table has it now, past Orleans' own view of it, and the fences. With few connections of its own, so that a storm of writes does not cost a
/// silo its lease.
/// </summary>
internal sealed class Membership(
    [FromKeyedServices(Membership.DataSource)] NpgsqlDataSource source, IOptions<ClusterOptions> cluster, TimeProvider time)
{
    public const string DataSource = "membership";

    /// <summary>How long a proof of membership counts. Below the time after which a silent silo is declared dead, so that its successor never waits long.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    /// <summary>Clocks of two machines do not run alike to the last part in a thousand, and a waiting thread is not woken at once.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<SiloAddress, long> _deadSince = new();
    private readonly ConcurrentDictionary<(SiloAddress Silo, long Adopted), long> _fencedSince = new();

    /// <summary>The members as last read. The lease decides how old they may be.</summary>
    public IReadOnlyList<Member> Known { get; private set; } = [];

    /// <exception cref="StorageUnavailableException">The table cannot be read.</exception>
    public Task<IReadOnlyList<Member>> ReadAsync(CancellationToken cancellationToken) => TranslatedAsync<IReadOnlyList<Member>>(async () =>
    {
        await using var command = source.CreateCommand(
            """
            SELECT m.address, m.port, m.generation, m.status, coalesce(f.fence, 0), coalesce(f.adopted, 0), m.proxyport
            FROM OrleansMembershipTable m LEFT JOIN silo_fences f ON f.silo = m.address || ':' || m.port || '@' || m.generation
            WHERE m.deploymentid = @cluster
            """);
        command.Parameters.AddWithValue("cluster", cluster.Value.ClusterId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var members = new List<Member>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var address = IPAddress.Parse(reader.GetString(0));
            var silo = SiloAddress.New(new IPEndPoint(address, reader.GetInt32(1)), reader.GetInt32(2));
            var gateway = reader.IsDBNull(6) || reader.GetInt32(6) == 0 ? null : new IPEndPoint(address, reader.GetInt32(6));
            members.Add(new Member(silo, (SiloStatus)reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5), gateway));
        }

        Note(members);
        Known = members;
        return members;
    });

    /// <summary>Returns when a silo that is dead, or is no member any more, cannot hold a lease from before.</summary>
    /// <returns>False for one that is a member, or has become one meanwhile.</returns>
    public async Task<bool> UntilGoneAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        if (!_deadSince.TryGetValue(silo, out var since))
        {
            var asked = time.GetTimestamp();
            if (await FindAsync(silo, cancellationToken) is { } member)
            {
                if (member.Status != SiloStatus.Dead) return false;
                since = _deadSince[silo];
            }
            else
            {
                // Its row is gone, or not there yet.
                await UntilLeaseIsOverAsync(asked, cancellationToken);
                return await FindAsync(silo, cancellationToken) is null;
            }
        }

        await UntilLeaseIsOverAsync(since, cancellationToken);
        return true;
    }

    /// <summary>Returns when the silo holds no lease, and gets none before it has caught up.</summary>
    public async Task FenceAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        var adopted = await TranslatedAsync(async () =>
        {
            await using var command = source.CreateCommand(
                """
                INSERT INTO silo_fences (silo, fence, adopted) VALUES (@silo, 1, 0)
                ON CONFLICT (silo) DO UPDATE SET fence = silo_fences.fence + 1
                RETURNING adopted
                """);
            command.Parameters.AddWithValue("silo", silo.ToParsableString());
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        });

        // Where this process has fenced it before and it has not caught up since, the lease from then is over.
        await UntilLeaseIsOverAsync(_fencedSince.GetOrAdd((silo, adopted), time.GetTimestamp()), cancellationToken);
    }

    /// <summary>Adopts the fence of this silo, after it has caught up.</summary>
    /// <returns>False when it was fenced again meanwhile.</returns>
    public Task<bool> AdoptAsync(SiloAddress self, long fence, CancellationToken cancellationToken) => TranslatedAsync(async () =>
    {
        await using var command = source.CreateCommand("UPDATE silo_fences SET adopted = fence WHERE silo = @silo AND fence = @fence");
        command.Parameters.AddWithValue("silo", self.ToParsableString());
        command.Parameters.AddWithValue("fence", fence);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    });

    private async Task<Member?> FindAsync(SiloAddress silo, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).FirstOrDefault(member => member.Address.Equals(silo));

    private void Note(IReadOnlyList<Member> members)
    {
        var now = time.GetTimestamp();
        foreach (var member in members.Where(member => member.Status == SiloStatus.Dead)) _deadSince.TryAdd(member.Address, now);
    }

    private async Task UntilLeaseIsOverAsync(long since, CancellationToken cancellationToken)
    {
        var left = Lease + Margin - time.GetElapsedTime(since);
        if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellationToken);
    }

    private static async Task<T> TranslatedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is not StorageUnavailableException && PostgresFailures.Translate(failure) is not null)
        {
            throw PostgresFailures.Translate(failure)!;
        }
    }
}
