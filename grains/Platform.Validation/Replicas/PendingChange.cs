namespace Platform.Replicas;

/// <summary>A change that one holder may not know of yet.</summary>
/// <param name="holder">Null: one that was forgotten, and confirms nothing any more.</param>
/// <param name="number">After which the holder has to be for the change to be over.</param>
/// <param name="leaseUntil">Of the holder when the change was decided: after that it is over as well, since a longer lease brings the change with it.</param>
internal sealed class PendingChange<T>(ReplicaHolderRecord<T>? holder, long number, long leaseUntil) where T : class
{
    /// <summary>Whether the holder answers by nothing from before.</summary>
    public bool IsOver(TimeProvider time) => holder?.HasConfirmed(number) == true || Left(time) <= TimeSpan.Zero;

    /// <summary>Never fails.</summary>
    public async Task UntilOverAsync(TimeProvider time)
    {
        var left = Left(time);
        if (left <= TimeSpan.Zero) return;
        if (holder is null) await Task.Delay(left, time);
        else await holder.UntilConfirmedAsync(number).WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private TimeSpan Left(TimeProvider time) =>
        leaseUntil == long.MinValue ? TimeSpan.Zero : time.GetElapsedTime(time.GetTimestamp(), leaseUntil) + ReplicaOwner<T>.Margin;
}
