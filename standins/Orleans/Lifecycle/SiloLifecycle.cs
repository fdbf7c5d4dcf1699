using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Lifecycle;

internal sealed partial class SiloLifecycle(ILogger<SiloLifecycle> logger) : LifecycleSubject, ISiloLifecycle
{
    protected override void StopFailed(int stage, Exception exception) => LogStopFailed(logger, stage, exception);

    [LoggerMessage(Level = LogLevel.Error, EventName = "SiloStopFailed", Message = "Stopping stage {Stage} failed; the others go on")]
    private static partial void LogStopFailed(ILogger logger, int stage, Exception exception);
}
