using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Platform.State;

/// <summary>Where the states of a grain class are stored: one for all its activations.</summary>
/// <param name="storage">Of all states.</param>
/// <param name="name">One of <see cref="StateNames"/>.</param>
/// <param name="logger">Of the grain class.</param>
internal sealed partial class CommittedStore(IGrainStorage storage, string name, ILogger logger)
{
    public IGrainStorage Storage => storage;

    public string Name => name;

    public void LogConflict(string operation, string state) => Conflict(logger, operation, state);

    public void LogFailed(Exception failure, string operation, string state) => Failed(logger, failure, operation, state);

    [LoggerMessage(EventName = "StateWriteConflict", Level = LogLevel.Warning,
        Message = "Another activation has changed {State}; the {Operation} was refused and this activation ends")]
    private static partial void Conflict(ILogger logger, string operation, string state);

    [LoggerMessage(EventName = "StateWriteFailed", Level = LogLevel.Error,
        Message = "Storage failed to {Operation} {State}; the outcome is unknown and this activation ends")]
    private static partial void Failed(ILogger logger, Exception failure, string operation, string state);
}
