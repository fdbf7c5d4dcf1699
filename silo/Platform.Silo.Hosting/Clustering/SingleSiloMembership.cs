using System.Globalization;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>The membership of a silo that is alone, in memory: one row, its own. Another silo's is refused (threat T80).</summary>
/// <remarks>Rows are copied on their way in and out: Orleans changes entries in place.</remarks>
internal sealed class SingleSiloMembership(ILocalSiloDetails self) : IMembershipTable
{
    private readonly Lock _gate = new();
    private MembershipEntry? _row;
    private int _version;

    public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.CompletedTask;

    /// <exception cref="InvalidOperationException">It is not the row of this silo.</exception>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        DemandOwn(entry);
        lock (_gate) return Task.FromResult(_row is null && TryPut(entry, tableVersion));
    }

    /// <exception cref="InvalidOperationException">It is not the row of this silo.</exception>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
    {
        DemandOwn(entry);
        lock (_gate) return Task.FromResult(_row is not null && etag == Version.VersionEtag && TryPut(entry, tableVersion));
    }

    public Task UpdateIAmAlive(MembershipEntry entry)
    {
        DemandOwn(entry);
        lock (_gate)
        {
            if (_row is not null) _row.IAmAliveTime = entry.IAmAliveTime;
        }

        return Task.CompletedTask;
    }

    public Task<MembershipTableData> ReadRow(SiloAddress key) => key.Equals(self.SiloAddress) ? ReadAll() : Task.FromResult(new MembershipTableData(Current()));

    public Task<MembershipTableData> ReadAll()
    {
        lock (_gate) return Task.FromResult(_row is null ? new MembershipTableData(Version) : new MembershipTableData(Tuple.Create(CopyOf(_row), Version.VersionEtag), Version));
    }

    /// <summary>There is no other silo whose row could be left over.</summary>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Task.CompletedTask;

    public Task DeleteMembershipTableEntries(string clusterId)
    {
        lock (_gate) _row = null;
        return Task.CompletedTask;
    }

    private TableVersion Version => new(_version, _version.ToString(CultureInfo.InvariantCulture));

    private TableVersion Current()
    {
        lock (_gate) return Version;
    }

    private bool TryPut(MembershipEntry entry, TableVersion next)
    {
        if (next.VersionEtag != Version.VersionEtag) return false;
        (_row, _version) = (CopyOf(entry), next.Version);
        return true;
    }

    private static MembershipEntry CopyOf(MembershipEntry entry) => new()
    {
        SiloAddress = entry.SiloAddress,
        Status = entry.Status,
        SuspectTimes = entry.SuspectTimes is null ? null : [.. entry.SuspectTimes],
        ProxyPort = entry.ProxyPort,
        HostName = entry.HostName,
        SiloName = entry.SiloName,
        RoleName = entry.RoleName,
        UpdateZone = entry.UpdateZone,
        FaultZone = entry.FaultZone,
        StartTime = entry.StartTime,
        IAmAliveTime = entry.IAmAliveTime,
    };

    private void DemandOwn(MembershipEntry entry)
    {
        if (!entry.SiloAddress.Equals(self.SiloAddress)) throw new InvalidOperationException($"This silo is alone; {entry.SiloAddress} is not let in.");
    }
}
