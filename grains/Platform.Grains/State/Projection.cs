namespace Platform.State;

/// <summary>
/// Rows that a grain writes through after its state. What they are known to show goes into storage with the next write of the state, so that it costs none of its own; rows that a failure
/// left behind are written again when the grain comes into memory.
/// </summary>
internal sealed class Projection<TState> where TState : class, IProjectedState<TState>
{
    private int _listedVersion;

    /// <summary>The state as it is to be committed.</summary>
    /// <param name="next">What it becomes.</param>
    /// <param name="shown">What the rows show of it is another; then <see cref="WriteAsync"/> follows the commit.</param>
    public TState Next(TState next, bool shown) => next.WithVersions(shown ? next.Version + 1 : next.Version, _listedVersion);

    /// <summary>Once the state is committed. A failure leaves the rows behind, and is the caller's.</summary>
    public async Task WriteAsync(TState committed, Func<TState, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        await write(committed, cancellationToken);
        _listedVersion = committed.Version;
    }

    /// <summary>At activation.</summary>
    public Task RepairAsync(TState stored, Func<TState, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        _listedVersion = stored.ListedVersion;
        return stored.ListedVersion == stored.Version ? Task.CompletedTask : WriteAsync(stored, write, cancellationToken);
    }
}
