using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.GrainDirectory;
using Platform.Storage;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>
/// Where each grain is, in the database (decision 60): a silo that dies takes no part of the directory with it, so no grain is ever in two living silos. The place of a grain
/// whose silo died goes to another one only when the dead one can answer from memory no more.
/// </summary>
internal sealed partial class PostgresGrainDirectory(
    IDatabase database, Membership membership, ILocalSiloDetails self, IOptions<ClusterOptions> cluster, ILogger<PostgresGrainDirectory> logger) : IGrainDirectory
{
    private const string Table = "grain_directory";
    private const int BatchSize = 1000;

    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Clear = new("clear", Table);

    private readonly string _cluster = cluster.Value.ClusterId;

    public Task<GrainAddress?> Register(GrainAddress address) => Register(address, null);

    public async Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress)
    {
        if (previousAddress is not null) await Unregister(previousAddress);
        while (true)
        {
            var added = await database.WriteAsync(
                Write,
                new Statement(
                    """
                    INSERT INTO grain_directory (cluster, grain, silo, activation, membership) VALUES (@cluster, @grain, @silo, @activation, @membership)
                    ON CONFLICT (cluster, grain) DO NOTHING
                    """,
                    ("@cluster", _cluster),
                    ("@grain", address.GrainId.ToString()),
                    ("@silo", address.SiloAddress!.ToParsableString()),
                    ("@activation", address.ActivationId.ToParsableString()),
                    ("@membership", address.MembershipVersion.Value)),
                CancellationToken.None);
            if (added == 1) return address;
            if (await Lookup(address.GrainId) is { } registered) return registered;
        }
    }

    /// <summary>Of an activation that has left, its own silo says so; for one that died, it is somebody else, who waits until its memory counts for nothing.</summary>
    public async Task Unregister(GrainAddress address)
    {
        if (!self.SiloAddress.Equals(address.SiloAddress) && !await membership.UntilGoneAsync(address.SiloAddress!, CancellationToken.None)) return;
        await database.WriteAsync(
            Clear,
            new Statement(
                "DELETE FROM grain_directory WHERE cluster = @cluster AND grain = @grain AND silo = @silo AND activation = @activation",
                ("@cluster", _cluster),
                ("@grain", address.GrainId.ToString()),
                ("@silo", address.SiloAddress!.ToParsableString()),
                ("@activation", address.ActivationId.ToParsableString())),
            CancellationToken.None);
    }

    public async Task<GrainAddress?> Lookup(GrainId grainId)
    {
        var found = await database.ReadAsync(
            Query,
            new Statement(
                "SELECT silo, activation, membership FROM grain_directory WHERE cluster = @cluster AND grain = @grain",
                ("@cluster", _cluster),
                ("@grain", grainId.ToString())),
            row => Map(grainId, row),
            CancellationToken.None);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>
    /// Does not keep its caller waiting. Each silo does it; rows that another one takes out at the moment are left to it. One that joins is told that it is dead itself,
    /// since it first read the table before its own row was there: its grains would be in it and in none (threat T31).
    /// </summary>
    public Task UnregisterSilos(List<SiloAddress> siloAddresses)
    {
        foreach (var silo in siloAddresses.Where(silo => !silo.Equals(self.SiloAddress))) _ = RemoveAsync(silo);
        return Task.CompletedTask;
    }

    private async Task RemoveAsync(SiloAddress silo)
    {
        try
        {
            if (!await membership.UntilGoneAsync(silo, CancellationToken.None)) return;
            int removed;
            do
            {
                removed = await database.WriteAsync(
                    Clear,
                    new Statement(
                        """
                        DELETE FROM grain_directory WHERE ctid IN
                            (SELECT ctid FROM grain_directory WHERE cluster = @cluster AND silo = @silo LIMIT @limit FOR UPDATE SKIP LOCKED)
                        """,
                        ("@cluster", _cluster),
                        ("@silo", silo.ToParsableString()),
                        ("@limit", (long)BatchSize)),
                    CancellationToken.None);
            }
            while (removed == BatchSize);
        }
        catch (StorageUnavailableException failure)
        {
            // Whoever reads a remaining row takes it out.
            NotRemoved(logger, silo, failure);
        }
    }

    private static GrainAddress Map(GrainId grain, DbDataReader row) => new()
    {
        GrainId = grain,
        SiloAddress = SiloAddress.FromParsableString(row.GetString(0)),
        ActivationId = ActivationId.FromParsableString(row.GetString(1)),
        MembershipVersion = new MembershipVersion(row.GetInt64(2)),
    };

    [LoggerMessage(EventName = "DeadSiloNotRemoved", Level = LogLevel.Warning, Message = "Not all entries of dead silo {Silo} could be removed from the grain directory; each goes when its grain is next called")]
    private static partial void NotRemoved(ILogger logger, SiloAddress silo, Exception failure);
}
