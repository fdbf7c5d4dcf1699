using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Platform.State;

/// <summary>
/// The one way in which grains change state: the next value is made beside the old one, written, and published only when the write succeeded.
/// </summary>
/// <remarks>
/// After a failed or timed-out write nobody knows what storage holds, and Orleans leaves memory ahead of it. So the old value stays published,
/// the activation ends (the next one reads what is true) and the caller gets <see cref="StorageUnavailableException"/>: nothing is claimed. What storage cannot hold is not
/// written for certain, and has an exception of its own (<see cref="StorageInputException"/>).
/// </remarks>
internal sealed partial class Committed<TState>(IPersistentState<TState> storage, IGrainContext activation, ILogger logger) where TState : class, new()
{
    private bool _loaded;
    private TState? _value;

    /// <summary>What storage is known to hold; null when nothing. Safe to read while a write is under way.</summary>
    public TState? Value
    {
        get
        {
            if (!_loaded)
            {
                _value = storage.RecordExists ? storage.State : null;
                _loaded = true;
            }

            return _value;
        }
    }

    public async Task CommitAsync(TState next, CancellationToken cancellationToken)
    {
        var before = Value;
        storage.State = next;
        try
        {
            await storage.WriteStateAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            storage.State = before ?? new TState();
            throw Abandon("write", failure);
        }

        _value = next;
    }

    /// <summary>Removes the state from storage.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        _ = Value;
        try
        {
            await storage.ClearStateAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            throw Abandon("clear", failure);
        }

        _value = null;
    }

    /// <summary>Ends the activation: the next one reads what is true, and takes up what was left undone.</summary>
    public void Deactivate() => activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "It is unknown what storage holds."));

    private Exception Abandon(string operation, Exception failure)
    {
        Deactivate();
        if (failure is InconsistentStateException) Conflict(logger, operation, typeof(TState).Name);
        else Failed(logger, failure, operation, typeof(TState).Name);
        return failure is StorageUnavailableException or StorageInputException ? failure : new StorageUnavailableException();
    }

    [LoggerMessage(EventName = "StateWriteConflict", Level = LogLevel.Warning,
        Message = "Another activation has changed {State}; the {Operation} was refused and this activation ends")]
    private static partial void Conflict(ILogger logger, string operation, string state);

    [LoggerMessage(EventName = "StateWriteFailed", Level = LogLevel.Error,
        Message = "Storage failed to {Operation} {State}; the outcome is unknown and this activation ends")]
    private static partial void Failed(ILogger logger, Exception failure, string operation, string state);
}
