using Microsoft.Extensions.Logging;
using Platform.Lifecycle;

namespace Platform.Journal;

/// <summary>Writes to the journal of endings each minute, so that a restore sees until when it was kept, and the operator sees at once that its disk is gone.</summary>
internal sealed partial class JournalHeartbeat(EndingJournal journal, TimeProvider time, ILogger<JournalHeartbeat> logger) : PeriodicService(Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override bool RunsAtStart => true;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await journal.BeatAsync();
        }
        catch (StorageUnavailableException)
        {
            // The journal has said so.
        }
    }

    protected override void LogFailure(Exception failure) => Failed(logger, failure.GetType().Name);

    [LoggerMessage(EventName = "JournalHeartbeatFailed", Level = LogLevel.Error, Message = "The heartbeat of the journal of endings failed ({Failure}); the platform tries again in a minute")]
    private static partial void Failed(ILogger logger, string failure);
}
