using System.Diagnostics.CodeAnalysis;
using Platform.Queues;

namespace Platform.Security;

/// <summary>
/// In which order those who wait for a hash have theirs (decision 0094). Known callers and strangers wait in fair queues of their own; of four turns strangers have one, and each queue has the turns that the
/// other does not need. Pure: the queue locks, and says how late it is by a clock that only goes on.
/// </summary>
/// <param name="limit">So many may wait in each queue.</param>
/// <param name="longestWait">Later than that an answer is of no use.</param>
internal sealed class HashingTurns<T>(int limit, TimeSpan longestWait) where T : class
{
    private const int StrangersEvery = 4;

    private readonly FairQueue<T> _known = new(limit);
    private readonly FairQueue<T> _strangers = new(limit);
    private int _turn;

    public int Count => _known.Count + _strangers.Count;

    /// <inheritdoc cref="FairQueue{T}.TryAdd"/>
    public bool TryAdd(HashingCaller caller, T item, TimeSpan now, out T? displaced) =>
        (caller.IsKnown ? _known : _strangers).TryAdd(caller.Network, caller.Tenant, item, now, out displaced);

    /// <summary>Takes out whoever has waited too long.</summary>
    public bool TryTakeOverdue(TimeSpan now, [MaybeNullWhen(false)] out T item) =>
        _known.TryTakeOverdue(now, longestWait, out item) || _strangers.TryTakeOverdue(now, longestWait, out item);

    public bool TryTake(TimeSpan now, [MaybeNullWhen(false)] out T item, out TimeSpan waited)
    {
        if (Count > 0) _turn = (_turn + 1) % StrangersEvery;
        var (first, second) = _turn == 0 ? (_strangers, _known) : (_known, _strangers);
        return first.TryTake(now, out item, out waited) || second.TryTake(now, out item, out waited);
    }
}
