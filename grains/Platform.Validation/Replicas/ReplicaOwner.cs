using System.Collections.Concurrent;
using Platform.Cluster;

namespace Platform.Replicas;

/// <summary>
/// The side of one process that owns state and lets others answer by replicas of it: single writer, many readers, and a change is answered when no reader uses what was before
/// (decision 90).
/// </summary>
/// <remarks>
/// A holder asks again and again (<see cref="ReceiveAsync"/>); each answer brings all changes that it has not confirmed and a lease. A change is over for a holder when it has
/// confirmed it, or when the lease that it had when the change was decided has run out: a longer one never reaches it without the change. So a holder that is frozen or cut
/// off costs whoever changes something at most <see cref="Lease"/> and <see cref="Margin"/>.
/// No lease outlives the owner's own: whoever waits until this process holds none has waited for its holders too.
/// Thread-safe. Costs memory for each holder and each key that it holds.
/// </remarks>
/// <param name="own">Of this process: how long it may answer itself.</param>
/// <param name="time">Its monotonic clock and its timers.</param>
/// <typeparam name="T">What is replicated, immutable.</typeparam>
public sealed class ReplicaOwner<T>(MembershipLease own, TimeProvider time) where T : class
{
    /// <summary>The longest that a holder may answer after it has asked. Below the three seconds that a user's grain waits for a session that it ends.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    /// <summary>Clocks of two machines do not run alike to the last part in a thousand, and a waiting thread is not woken at once.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>A holder that lets so many changes stand unconfirmed is forgotten and starts anew: memory stays bounded.</summary>
    public const int MaxUnconfirmed = 50_000;

    private readonly ConcurrentDictionary<Guid, ReplicaHolderRecord<T>> _holders = new();
    private readonly Lock _forgetting = new();
    private long _incarnations;

    /// <summary>Until then one that was forgotten may answer by what it had.</summary>
    private long _forgottenUntil = long.MinValue;

    public ICollection<Guid> Holders => _holders.Keys;

    /// <summary>Called by a holder without end: confirms what it has processed, and waits for changes or until <paramref name="patience"/> is over.</summary>
    /// <param name="holder">Chosen by the holder for one connection, at random.</param>
    /// <param name="incarnation">As last answered; 0: the first time.</param>
    /// <param name="confirmed">Number of the last change that it has applied.</param>
    /// <param name="patience">How long to wait for a change; the lease counts from before.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async Task<ReplicaBatch<T>> ReceiveAsync(Guid holder, long incarnation, long confirmed, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!_holders.TryGetValue(holder, out var record))
        {
            if (incarnation != 0) return ReplicaBatch<T>.ForStranger;
            record = _holders.GetOrAdd(holder, _ => new ReplicaHolderRecord<T>(Interlocked.Increment(ref _incarnations), time));
        }

        if (incarnation != 0 && incarnation != record.Incarnation || !record.Confirm(confirmed)) return Forget(holder);
        await record.UntilChangedAsync(confirmed, patience, cancellationToken);
        var lease = own.Remaining < Lease ? own.Remaining : Lease;
        return record.Take(lease, time.GetUtcNow()) is { } batch ? batch : ReplicaBatch<T>.ForStranger;
    }

    /// <summary>Gives a holder a replica; from then on it is told of each change.</summary>
    /// <param name="holder">Who asked for it.</param>
    /// <param name="key">Of the state.</param>
    /// <param name="read">The state as it is now; null: there is none. Called when the holder is known to hold it: whatever is published later finds it.</param>
    public void Grant(Guid holder, string key, Func<T?> read)
    {
        if (_holders.TryGetValue(holder, out var record) && !record.Grant(key, read)) Forget(holder);
    }

    /// <summary>The holder has dropped it by itself.</summary>
    /// <param name="holder">Who has.</param>
    /// <param name="key">Of the replica.</param>
    /// <param name="processed">Number of the last change that the holder had applied when it dropped it. Its report may be overtaken by what it asks for later.</param>
    public void Release(Guid holder, string key, long processed)
    {
        if (_holders.TryGetValue(holder, out var record)) record.Release(key, processed);
    }

    /// <summary>Whether it has asked lately and has missed nothing.</summary>
    public bool IsKnown(Guid holder) => _holders.ContainsKey(holder);

    public bool IsHeld(string key) => _holders.Any(pair => pair.Value.Holds(key));

    public bool Holds(Guid holder, string key) => _holders.TryGetValue(holder, out var record) && record.Holds(key);

    /// <summary>Takes it back from everybody. The state has been changed before.</summary>
    /// <returns>Completes when nobody answers by it any more; never fails.</returns>
    public Task WithdrawAsync(string key) => ChangeAsync(key, null);

    /// <summary>Gives the new state to everybody who holds it. It has been published here before.</summary>
    /// <returns>Completes when nobody answers by an earlier one; never fails.</returns>
    public Task ReplaceAsync(string key, T state) => ChangeAsync(key, state);

    /// <summary>Everything that somebody holds now.</summary>
    public IReadOnlySet<string> Held => _holders.Values.SelectMany(record => record.Held).ToHashSet(StringComparer.Ordinal);

    /// <summary>Sends a holder what nobody waits for.</summary>
    public void Notify(Guid holder, T notice)
    {
        if (_holders.TryGetValue(holder, out var record) && !record.Notify(notice)) Forget(holder);
    }

    /// <summary>Forgets all holders: this process may have missed what it should have passed on. They start anew.</summary>
    public void Reset()
    {
        foreach (var holder in _holders.Keys) Forget(holder);
    }

    /// <summary>Forgets those that have not asked for a long time.</summary>
    public void ForgetSilent(TimeSpan silence)
    {
        foreach (var (holder, record) in _holders)
        {
            if (record.IsSilentFor(silence)) Forget(holder);
        }
    }

    /// <summary>The change is on its way to everybody who holds the key.</summary>
    /// <returns>What has to be over before it can be answered.</returns>
    internal IReadOnlyList<PendingChange<T>> Decide(string key, T? state)
    {
        List<PendingChange<T>>? pending = null;
        foreach (var (holder, record) in _holders)
        {
            if (record.TryChange(key, state, out var overflown) is not { } change) continue;
            if (overflown) Forget(holder);
            (pending ??= []).Add(change);
        }

        // A forgotten holder is told nothing any more, and what it held is not known: everything waits for its lease. One that is just being forgotten is waited for.
        lock (_forgetting)
        {
            if (_forgottenUntil != long.MinValue) (pending ??= []).Add(new PendingChange<T>(null, 0, _forgottenUntil));
        }

        return pending ?? (IReadOnlyList<PendingChange<T>>)[];
    }

    private Task ChangeAsync(string key, T? state)
    {
        var waits = Decide(key, state).Where(change => !change.IsOver(time)).Select(change => change.UntilOverAsync(time)).ToArray();
        return waits.Length == 0 ? Task.CompletedTask : Task.WhenAll(waits);
    }

    private ReplicaBatch<T> Forget(Guid holder)
    {
        lock (_forgetting)
        {
            // Its end is known before it is gone: a change that does not find it finds how long to wait.
            if (_holders.TryGetValue(holder, out var record)) _forgottenUntil = Math.Max(_forgottenUntil, record.Close());
            _holders.TryRemove(holder, out _);
        }

        return ReplicaBatch<T>.ForStranger;
    }
}
