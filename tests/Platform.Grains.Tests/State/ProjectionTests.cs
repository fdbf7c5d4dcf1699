using Platform.State;
using Platform.Tenants;

namespace Platform.Grains.Tests.State;

public sealed class ProjectionTests
{
    private readonly Projection<StoredTenant> _rows = new();
    private readonly List<int> _written = [];

    [Fact]
    public async Task Repair_RowsBehind_WritesThemAgain()
    {
        await _rows.RepairAsync(new StoredTenant { Version = 3, ListedVersion = 2 }, Write, default);
        _written.ShouldBe([3]);
        _rows.Next(new StoredTenant { Version = 3 }, shown: false).ListedVersion.ShouldBe(3);
    }

    [Fact]
    public async Task Repair_RowsUpToDate_WritesNothing()
    {
        await _rows.RepairAsync(new StoredTenant { Version = 3, ListedVersion = 3 }, Write, default);
        _written.ShouldBeEmpty();
    }

    [Fact]
    public void Next_NothingShown_KeepsTheVersion() => _rows.Next(new StoredTenant { Version = 3 }, shown: false).Version.ShouldBe(3);

    [Fact]
    public async Task Next_RowsNotWritten_SaysThatTheyAreBehind()
    {
        await _rows.RepairAsync(new StoredTenant { Version = 3, ListedVersion = 3 }, Write, default);
        var next = _rows.Next(new StoredTenant { Version = 3 }, shown: true);
        (next.Version, next.ListedVersion).ShouldBe((4, 3));
        await Should.ThrowAsync<StorageUnavailableException>(() => _rows.WriteAsync(next, (_, _) => throw new StorageUnavailableException(), default));
        _rows.Next(next, shown: false).ListedVersion.ShouldBe(3);
        await _rows.WriteAsync(next, Write, default);
        _rows.Next(next, shown: false).ListedVersion.ShouldBe(4);
    }

    private Task Write(StoredTenant tenant, CancellationToken cancellationToken)
    {
        _written.Add(tenant.Version);
        return Task.CompletedTask;
    }
}
