namespace Platform.Sessions;

/// <summary>
/// A record that was taken back because its grain may not have heard everything (<see cref="SessionEviction"/>) is made anew before the next look. Recalls come at any moment, from
/// other threads; looks interleave with changes that are being written.
/// </summary>
public sealed partial class SessionGrain
{
    /// <summary>Recalls are rare; this many in one look are none.</summary>
    private const int MaxRecalls = 100;

    private Task? _renewal;
    private bool _leaving;

    /// <summary>Counts the changes that the user's grain sent: what was read before the last one is stale.</summary>
    private int _told;

    private Task<SessionCheck> CheckAsync(Func<LiveSession, SessionState?> look) =>
        TryLook(look) is { } check ? Task.FromResult(check) : RenewedAsync(() => TryLook(look));

    /// <param name="look">Null when the record was taken back.</param>
    private async Task<T> RenewedAsync<T>(Func<T?> look) where T : struct
    {
        for (var recalls = 0; recalls < MaxRecalls; recalls++)
        {
            await RenewAsync();
            if (look() is { } seen) return seen;
        }

        throw Leaving();
    }

    /// <returns>Null when the record was taken back.</returns>
    private SessionCheck? TryLook(Func<LiveSession, SessionState?> look)
    {
        var state = committed.Value?.EndReason ?? SessionState.Unknown;
        if (_live is { } live)
        {
            if (look(live) is not { } seen) return null;
            if (seen == SessionState.Live && live.ToView() is { } view) return new SessionCheck(SessionState.Live, view);

            // It may have ended between the two looks.
            if (live.Evaluate(time.GetUtcNow()) is not { } now) return null;
            if (now != SessionState.Live) Leave();
            state = seen == SessionState.Live ? now : seen;
        }
        else
        {
            Leave();
        }

        return new SessionCheck(state, null);
    }

    /// <summary>The record as it is now, and its state. None: the session is over for good, or never was.</summary>
    private Task<(LiveSession? Live, SessionState State)> CurrentAsync() => RenewedAsync<(LiveSession?, SessionState)>(() =>
        _live is not { } live ? (null, SessionState.Unknown) : live.Evaluate(time.GetUtcNow()) is { } state ? (live, state) : null);

    /// <summary>Looks that come meanwhile wait for the same reading.</summary>
    private async Task RenewAsync()
    {
        if (_live is not { } live || live.Evaluate(time.GetUtcNow()) is not null) return;
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
    private async Task ReadAgainAsync(LiveSession recalled)
    {
        LiveSession? fresh;
        StoredSession? stored;
        int told;
        do
        {
            (stored, told) = (committed.Value, _told);
            fresh = stored is { EndedAt: null } ? await ReadAsync(stored, recalled.Tenant, recalled.RecalledActivity, CancellationToken.None) : null;
            if (_leaving || _live != recalled) throw Leaving();
        }
        while (!ReferenceEquals(committed.Value, stored) || _told != told);

        _live = null;
        if (fresh is not null) Hold(fresh);
    }

    private static StorageUnavailableException Leaving() => new("The session is leaving memory; ask again.");
}
