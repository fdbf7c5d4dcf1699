using Platform.State;

namespace Platform.Sessions;

/// <summary>
/// The record that a session's grain holds and has published for validations in this process. One that was taken back because the grain may not have heard everything
/// (<see cref="SessionEviction"/>) is made anew before the next check. Evictions come at any moment, from other threads; checks interleave with changes that are being written.
/// </summary>
/// <param name="id">The session's.</param>
/// <param name="state">What storage is known to hold of it.</param>
/// <param name="parts">Where records are published and made anew, and replicas of them in other processes.</param>
/// <param name="activation">Whose record it is.</param>
internal sealed class HeldSession(SessionId id, Committed<StoredSession> state, SessionParts parts, IHeldActivation activation)
{
    /// <summary>Evictions are rare: so many during one check mean a fault.</summary>
    private const int MaxEvictions = 100;

    private Task? _renewal;
    private bool _leaving;
    private bool _lived;

    /// <summary>Counts the changes that the user's grain sent: what was read before the last one is stale.</summary>
    private int _changes;

    public SessionId Id => id;

    /// <summary>Null: the session is over for good, or never was.</summary>
    public LiveSession? Record { get; private set; }

    /// <summary>What is to be written of a session that has run out in memory only; null where it has not.</summary>
    public StoredSession? RunOut(DateTimeOffset now) =>
        Record?.Ended is SessionState.Idle or SessionState.Absolute && state.Value is { EndedAt: null } stored
            ? stored with { EndedAt = now, EndReason = Record.Ended.Value }
            : null;

    /// <summary>Keeps the activation for the life of the session: validations that read the record are invisible to idle collection.</summary>
    public void Hold(LiveSession live)
    {
        if (_leaving) return;
        Record = live;
        var now = parts.Time.GetUtcNow();
        if (live.Evaluate(now) != SessionState.Live) return;
        parts.Sessions.Publish(live);
        _lived = true;
        activation.Stay(live.AbsoluteExpiresAt - now);
    }

    /// <summary>Holds everywhere when the task completes.</summary>
    public Task SetSubjectAsync(SessionSubject subject)
    {
        _changes++;
        if (Record is not null) Record.Subject = subject;
        return parts.Replication.WithdrawAsync(id);
    }

    /// <summary>Writes the state and puts a record of it in the old one's place. Nobody answers by the old one when the task completes.</summary>
    public async Task ReplaceAsync(StoredSession next, CancellationToken cancellationToken)
    {
        await state.CommitAsync(next, cancellationToken);
        Replace(next);
        await parts.Replication.WithdrawAsync(id);
    }

    public Task<SessionCheck> CheckAsync(Func<LiveSession, SessionState?> check) =>
        TryCheck(check) is { } answer ? Task.FromResult(answer) : RenewedAsync(() => TryCheck(check));

    /// <summary>The record as it is now, and its state. None: the session is over for good, or never was.</summary>
    public Task<(LiveSession? Live, SessionState State)> CurrentAsync() => RenewedAsync<(LiveSession?, SessionState)>(() =>
        Record is not { } live ? (null, SessionState.Unknown) : live.Evaluate(parts.Time.GetUtcNow()) is { } current ? (live, current) : null);

    /// <summary>The activation ends: nothing is published any more, and nothing is read again.</summary>
    public void BeginLeaving() => _leaving = true;

    /// <summary>
    /// Dead or unknown: nothing stays in memory for whoever asks again. Those who asked while it lived still come for a moment: of calls that meet a leaving
    /// activation some are turned away (503), so it answers them, and idle collection takes it soon.
    /// </summary>
    public void Leave()
    {
        if (Record is not null) parts.Sessions.Remove(Record);

        // Not waited for: the replicas of a session that ran out judge it as this process does, and an end has waited before.
        _ = parts.Replication.WithdrawAsync(id);
        activation.Stay(TimeSpan.Zero);
        if (!_lived) activation.Go();
    }

    /// <summary>For one of which nothing is to be known any more.</summary>
    public void LeaveNothing()
    {
        Leave();
        Record = null;
        activation.Go();
    }

    private void Replace(StoredSession next)
    {
        // One that was evicted meanwhile is read again with what was just written; one that ran out stays so.
        if (Record is not { } old || !old.TryEvict(out var unsaved)) return;
        var fresh = new LiveSession(parts.Sessions, old.Tenant, id, next, old.Subject, old.EvictedActivity);
        if (unsaved is not null) fresh.ReturnUnsaved();
        Hold(fresh);
    }

    /// <param name="read">Null when the record was withdrawn.</param>
    private async Task<T> RenewedAsync<T>(Func<T?> read) where T : struct
    {
        for (var evictions = 0; evictions < MaxEvictions; evictions++)
        {
            await RenewAsync();
            if (read() is { } seen) return seen;
        }

        throw Leaving();
    }

    /// <returns>Null when the record was taken back.</returns>
    private SessionCheck? TryCheck(Func<LiveSession, SessionState?> check)
    {
        var found = state.Value?.EndReason ?? SessionState.Unknown;
        if (Record is { } live)
        {
            if (check(live) is not { } seen) return null;
            if (seen == SessionState.Live && live.ToView() is { } view) return new SessionCheck(SessionState.Live, view, parts.Replication.Silo);

            // It may have ended between the two reads.
            if (live.Evaluate(parts.Time.GetUtcNow()) is not { } now) return null;
            if (now != SessionState.Live) Leave();
            found = seen == SessionState.Live ? now : seen;
        }
        else
        {
            Leave();
        }

        return new SessionCheck(found, null);
    }

    /// <summary>Checks that come meanwhile wait for the same reading.</summary>
    private async Task RenewAsync()
    {
        if (Record is not { } live || live.Evaluate(parts.Time.GetUtcNow()) is not null) return;
        var renewal = _renewal ??= ReadAgainAsync(live);
        try
        {
            await renewal;
        }
        finally
        {
            if (_renewal == renewal) _renewal = null;
        }
    }

    /// <summary>Read once more when something was written or sent while it was read.</summary>
    private async Task ReadAgainAsync(LiveSession evicted)
    {
        LiveSession? fresh;
        StoredSession? stored;
        int changes;
        do
        {
            (stored, changes) = (state.Value, _changes);
            fresh = stored is { EndedAt: null } ? await parts.Reader.ReadAsync(id, stored, evicted.Tenant, evicted.EvictedActivity, CancellationToken.None) : null;
            if (_leaving || Record != evicted) throw Leaving();
        }
        while (!ReferenceEquals(state.Value, stored) || _changes != changes);

        Record = null;
        if (fresh is not null) Hold(fresh);
    }

    private static StorageUnavailableException Leaving() => new("The session is leaving memory; ask again.");
}

/// <summary>The activation that holds a record. One reference: two delegates would be kept for each of a million sessions.</summary>
internal interface IHeldActivation
{
    /// <summary>Idle collection leaves it alone for so long.</summary>
    void Stay(TimeSpan time);

    /// <summary>It ends when it is idle.</summary>
    void Go();
}
