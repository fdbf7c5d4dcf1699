using Platform.Sessions;

namespace Platform.Listing;

/// <summary>A session as its grain wrote it at opening.</summary>
public sealed record SessionRow(
    SessionId Id,
    TenantId TenantId,
    UserId UserId,
    DateTimeOffset CreatedAt,
    SessionPolicy Policy,
    ClientInfo Client);

/// <summary>Whose an ended session was, and why it ended.</summary>
public sealed record SessionEnd(TenantId TenantId, UserId UserId, SessionState Reason);

/// <summary>A session not marked as ended. <see cref="Key"/> is its place in the list of its tenant.</summary>
public sealed record OpenSession(SessionId Id, UserId UserId, string? Ip)
{
    public string Key => $"{UserId}/{Id}";
}

/// <summary>A session's saved activity clock.</summary>
public readonly record struct SessionActivity(SessionId Id, DateTimeOffset LastActivityAt);

/// <summary>
/// Plain table of sessions for lists and for the sweeper, and the narrow table of their activity clocks (written behind, in batches).
/// </summary>
public interface ISessionTable
{
    Task AddAsync(SessionRow session, CancellationToken cancellationToken);

    /// <summary>Marks the end; the first mark stays.</summary>
    Task EndAsync(SessionId session, SessionState reason, DateTimeOffset endedAt, CancellationToken cancellationToken);

    /// <summary>Sets back what was stored by a clock ahead of now: the time of the opening, and the saved activity where it has not come yet.</summary>
    Task CorrectAsync(SessionId session, DateTimeOffset createdAt, DateTimeOffset lastActivity, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Null where it is not marked as ended, or not there (any more).</summary>
    Task<SessionEnd?> FindEndAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>
    /// Saves clocks, sorted by id by the caller (so that two writers cannot deadlock); a clock never goes back. One transaction; on PostgreSQL
    /// without waiting for the disk (<c>synchronous_commit=off</c>): this is the only write that may be forgotten.
    /// </summary>
    Task SaveActivityAsync(IReadOnlyList<SessionActivity> batch, CancellationToken cancellationToken);

    /// <summary>Null when no activity was saved since the opening.</summary>
    Task<DateTimeOffset?> FindActivityAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>Newest first (ids are UUIDv7: by id descending, ids compared as their printed form), before the id <see cref="PageRequest.After"/>.</summary>
    /// <returns>Ended ones with their reason; the others as <see cref="SessionState.Live"/>, by the clocks as saved: the caller evaluates.</returns>
    Task<Page<SessionListing>> ListAsync(TenantId tenant, UserId user, PageRequest page, CancellationToken cancellationToken);

    /// <summary>A tenant's sessions that are not marked as ended, by user and id, after <see cref="OpenSession.Key"/>.</summary>
    Task<Page<OpenSession>> ListOpenAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken);

    /// <summary>
    /// Up to <paramref name="limit"/> sessions not marked as ended whose saved clocks say that they are over at <paramref name="now"/>, or were stored by a clock far ahead of it.
    /// </summary>
    Task<IReadOnlyList<SessionId>> FindExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> sessions of the tenant that ended before <paramref name="endedBefore"/> and whose grain state may go.</summary>
    Task<IReadOnlyList<SessionId>> FindEndedAsync(TenantId tenant, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken);

    /// <summary>Removes the rows of these sessions, activity included.</summary>
    Task RemoveAsync(IReadOnlyList<SessionId> sessions, CancellationToken cancellationToken);
}
