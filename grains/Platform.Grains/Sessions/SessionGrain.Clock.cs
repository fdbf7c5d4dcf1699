using Platform.Internal;
using Platform.SecondFactors;

namespace Platform.Sessions;

/// <summary>What a corrected system clock asks for: expiries that were answered stay, and times that were stored while it was ahead do not prolong anything.</summary>
public sealed partial class SessionGrain
{
    public async Task ExpireAsync(CancellationToken cancellationToken)
    {
        if (_live?.Ended is not (SessionState.Idle or SessionState.Absolute) || committed.Value is not { EndedAt: null } stored) return;
        var (state, now) = (_live.Ended.Value, time.GetUtcNow());
        await audit.RecordAsync(stored.TenantId, Expired(state));
        await committed.CommitAsync(stored with { EndedAt = now, EndReason = state }, cancellationToken);
        Leave();
        await MarkEndedAsync(state, now, cancellationToken);
        await GrainFactory.UserInternal(stored.UserId).ForgetSessionAsync(_id);
    }

    /// <summary>The process stops, perhaps to come back under another clock.</summary>
    private async Task TryExpireAsync(LiveSession live)
    {
        if (live.Ended is not (SessionState.Idle or SessionState.Absolute) || committed.Value is not { EndedAt: null } stored) return;
        try
        {
            await committed.CommitAsync(stored with { EndedAt = time.GetUtcNow(), EndReason = live.Ended.Value }, CancellationToken.None);
        }
        catch (StorageUnavailableException failure)
        {
            NotListed(logger, failure);
        }
    }

    /// <summary>
    /// A session that was opened under a clock ahead of this one lasts as if it were opened now, and its sign-in does not count as fresh: nobody knows how long ago it was.
    /// </summary>
    private static StoredSession AsOf(StoredSession stored, DateTimeOffset now)
    {
        if (!StoredTime.IsAhead(stored.CreatedAt, now)) return stored;
        var notFresh = now - SecondFactorRules.Freshness - TimeSpan.FromSeconds(1);
        return stored with { CreatedAt = notFresh, SecondFactorAt = stored.SecondFactorAt is null ? null : notFresh };
    }

    /// <summary>Writes what the record in memory counts by.</summary>
    private async Task CorrectAsync(LiveSession live, StoredSession stored, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (live.ToView() is not { } view) return;
        var origin = live.Origin;
        if (origin.CreatedAt != stored.CreatedAt)
        {
            await committed.CommitAsync(stored with { CreatedAt = origin.CreatedAt, SecondFactorAt = origin.SecondFactorAt }, cancellationToken);
        }

        await table.CorrectAsync(_id, origin.CreatedAt, view.LastActivityAt, now, cancellationToken);
    }
}
