using Platform.Clocks;
using Platform.Internal;
using Platform.State;
using Platform.Tenants;

namespace Platform.Sessions;

/// <summary>Makes the record of a session that comes into memory, or whose record was taken back, and writes what it has put right.</summary>
internal sealed class SessionReader(LiveSessions sessions, SessionTable table, IGrainFactory grains, TimeProvider time)
{
    private static readonly SessionSubject NotYetRead = new("", Permissions.None);

    /// <summary>A record of what counts now.</summary>
    /// <param name="id">The session's.</param>
    /// <param name="stored">As it was committed.</param>
    /// <param name="tenant">The tenant whose policy applies.</param>
    /// <param name="notBefore">It was active then; the list may know of a later time.</param>
    public async Task<LiveSession> ReadAsync(SessionId id, StoredSession stored, LiveTenant tenant, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        var listed = await table.FindActivityAsync(id, cancellationToken) ?? notBefore;
        var now = time.GetUtcNow();
        var lastActivity = StoredTime.Past(listed > notBefore ? listed : notBefore, now);
        var live = new LiveSession(sessions, tenant, id, SessionRules.AsOf(stored, now), NotYetRead, lastActivity);
        if (live.Evaluate(now) != SessionState.Live) return live;

        // The user's list is the authority on what was ended while this session was not in memory, or could not be reached.
        var subject = await grains.UserInternal(stored.UserId).FindSubjectAsync(id, cancellationToken);
        if (subject is null) live.End(SessionState.Revoked);
        else live.Subject = subject;
        return live;
    }

    /// <summary>Writes what the record in memory counts by: times that were stored while a clock was ahead do not prolong anything.</summary>
    public async Task CorrectAsync(Committed<StoredSession> state, LiveSession live, StoredSession stored, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (live.ToView() is not { } view) return;
        var origin = live.Origin;
        var corrected = stored with { CreatedAt = origin.CreatedAt, SecondFactorAt = origin.SecondFactorAt };
        if (corrected.CreatedAt != stored.CreatedAt) await state.CommitAsync(corrected, cancellationToken);
        await table.CorrectAsync(live.Id, origin.CreatedAt, view.LastActivityAt, now, cancellationToken);
    }
}
