using Microsoft.Extensions.Logging;
using Platform.Lifecycle;

namespace Platform.ApiKeys;

/// <summary>Writes behind when keys were last used, every half a minute and at the end. A crash forgets the last of it, which decides nothing.</summary>
internal sealed partial class ApiKeyUsageWriter(LiveApiKeys live, ApiKeyTable table, TimeProvider time, ILogger<ApiKeyUsageWriter> logger) : PeriodicService(Interval, time)
{
    private const int BatchSize = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var uses = new Dictionary<ApiKeyId, DateTimeOffset>();
        for (var left = live.Uses.Count; left > 0 && live.Uses.TryDequeue(out var use); left--)
        {
            if (!uses.TryGetValue(use.Id, out var known) || known < use.At) uses[use.Id] = use.At;
        }

        if (uses.Count == 0) return;
        try
        {
            // Sorted, so that two writers lock rows in one order.
            var sorted = uses.Select(use => new ApiKeyUse(use.Key, use.Value)).OrderBy(use => use.Id.ToString(), StringComparer.Ordinal);
            foreach (var batch in sorted.Chunk(BatchSize)) await table.SaveUsesAsync(batch, cancellationToken);
        }
        catch (Exception failure)
        {
            // Whatever it is: the uses wait for the next round.
            foreach (var (id, at) in uses) live.Uses.Enqueue(new ApiKeyUse(id, at));
            NotSaved(logger, failure, uses.Count);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

    protected override void LogFailure(Exception failure) => NotSaved(logger, failure, live.Uses.Count);

    [LoggerMessage(EventName = "ApiKeyUsesNotSaved", Level = LogLevel.Warning, Message = "The last use of {Count} API keys could not be saved; the next round tries again")]
    private static partial void NotSaved(ILogger logger, Exception failure, int count);
}
