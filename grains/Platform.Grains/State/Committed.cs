using System.Diagnostics.CodeAnalysis;
using Orleans.Storage;

namespace Platform.State;

/// <summary>
/// The one way in which grains change state: the next value is made beside the old one, written, and published only when the write succeeded.
/// </summary>
/// <remarks>
/// After a failed or timed-out write nobody knows what storage holds. So the old value stays published, the activation ends (the next one reads what is true) and the caller gets
/// <see cref="StorageUnavailableException"/>: nothing is claimed. What storage cannot hold is not written for certain, and has an exception of its own (<see cref="StorageInputException"/>).
/// It asks storage itself: Orleans' own object between the two would take some 400 bytes more for each session (docs/performance.md).
/// </remarks>
/// <param name="store">Where it is stored.</param>
/// <param name="activation">Whose state it is.</param>
internal sealed class Committed<TState>(CommittedStore store, IGrainContext activation) : ILifecycleObserver where TState : class, new()
{
    private TState? _value;
    private string? _etag;
    private bool _loaded;

    /// <summary>What storage is known to hold; null when nothing. Safe to read while a write is under way.</summary>
    public TState? Value => _loaded ? _value : throw new InvalidOperationException($"The state '{store.Name}' is asked for before it was read.");

    /// <summary>Reads what storage holds. Before the grain comes into memory Orleans calls it, or the grain itself (<see cref="CommittedStateAttribute.LoadedByGrain"/>).</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var row = new Row { State = new TState() };
        await store.Storage.ReadStateAsync(store.Name, activation.GrainId, row, cancellationToken);
        Know(row);
        _loaded = true;
    }

    public async Task CommitAsync(TState next, CancellationToken cancellationToken)
    {
        var row = new Row { State = next, ETag = _etag, RecordExists = Value is not null };
        try
        {
            await store.Storage.WriteStateAsync(store.Name, activation.GrainId, row, cancellationToken);
        }
        catch (Exception failure)
        {
            throw Abandon("write", failure);
        }

        Know(row);
    }

    /// <summary>Removes the state from storage.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        var row = new Row { State = Value ?? new TState(), ETag = _etag, RecordExists = Value is not null };
        try
        {
            await store.Storage.ClearStateAsync(store.Name, activation.GrainId, row, cancellationToken);
        }
        catch (Exception failure)
        {
            throw Abandon("clear", failure);
        }

        Know(row);
    }

    /// <summary>Ends the activation: the next one reads what is true, and takes up what was left undone.</summary>
    public void Deactivate() => activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "It is unknown what storage holds."));

    Task ILifecycleObserver.OnStart(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    Task ILifecycleObserver.OnStop(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Know(Row row) => (_value, _etag) = (row.RecordExists ? row.State : null, row.ETag);

    private Exception Abandon(string operation, Exception failure)
    {
        Deactivate();
        if (failure is InconsistentStateException) store.LogConflict(operation, typeof(TState).Name);
        else store.LogFailed(failure, operation, typeof(TState).Name);
        return failure is StorageUnavailableException or StorageInputException ? failure : new StorageUnavailableException();
    }

    private sealed class Row : IGrainState<TState>
    {
        [AllowNull]
        public required TState State { get => field; set => field = value ?? new TState(); }

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }
}
