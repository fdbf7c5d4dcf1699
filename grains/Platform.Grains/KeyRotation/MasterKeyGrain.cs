using Orleans.Concurrency;
using Platform.Security;

namespace Platform.KeyRotation;

/// <summary>Keeps a record of what hosts hold for as long as a rotation is under way: before, nothing waits for them.</summary>
[StatelessWorker, Reentrant]
internal sealed class MasterKeyGrain(MasterKeyTable table, TimeProvider time) : Grain, IMasterKeyGrain
{
    public async Task<MasterKeyOrders> ReportAsync(MasterKeyHolder holder, CancellationToken cancellationToken)
    {
        var secrets = await table.ReadAsync(cancellationToken);
        if (secrets.Rotation is { IsUnderWay: true }) await table.ReportAsync(new HolderRow(holder.Process, IsSilo: false, holder.Keys, holder.Current, time.GetUtcNow()), cancellationToken);
        return secrets.ToOrders();
    }
}
