using Platform.Clocks;
using Platform.Storage;

namespace Platform.Sessions;

/// <summary>
/// Finds sessions that are over without an index on their activity clocks (each touch would have to move it). A row's next_check_at never lies after
/// its end; a due row that still lives by its tenant's policy of now is moved on to its present end. Cost: one small update per live session and idle timeout.
/// </summary>
internal sealed class ExpiredSessions(IDatabase database)
{
    /// <summary>The longest time from the opening or the last check of a session to its next check: a clock that was ahead has stored whatever is due later.</summary>
    private static readonly long Latest = (TimeSpan.FromHours(24) + StoredTime.Allowance).Ticks;

    // Small enough that requests which write meanwhile wait for milliseconds only.
    private const int PageSize = 500;

    private static readonly Operation Query = new("query", "sessions");
    private static readonly Operation Postpone = new("batch", "sessions");

    private readonly DueCursor _cursor = new();

    public async Task<IReadOnlyList<SessionId>> FindAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var over = new List<DueCursor.Position>();
        var after = _cursor.After;
        List<Due> page;
        do
        {
            page = await DueAsync(now, after, cancellationToken);
            await PostponeAsync(page.Where(row => row.EndsAt > now.UtcTicks), cancellationToken);
            over.AddRange(page.Where(row => row.EndsAt <= now.UtcTicks).Select(row => row.Position).Take(limit - over.Count));
            if (page.Count > 0) after = page[^1].Position;
        }
        while (page.Count == PageSize && over.Count < limit);

        var ended = _cursor.Ended(over, limit);
        return ended.Count == limit ? ended : [.. ended, .. await AheadAsync(now, limit - ended.Count, cancellationToken)];
    }

    private Task<List<Due>> DueAsync(DateTimeOffset now, DueCursor.Position after, CancellationToken cancellationToken) => database.ReadAsync(
        Query,
        new Statement(
            """
            SELECT s.id, s.next_check_at, COALESCE(a.last_activity, s.created_at) + COALESCE(t.idle_timeout, s.idle_timeout), s.created_at + s.absolute_timeout
            FROM sessions s LEFT JOIN session_activity a ON a.session_id = s.id LEFT JOIN tenants t ON t.id = s.tenant_id
            WHERE s.ended_at IS NULL AND s.next_check_at <= @now AND (s.next_check_at, s.id) > (@afterTime, @afterId)
            ORDER BY s.next_check_at, s.id LIMIT @limit
            """,
            ("@now", now.UtcTicks),
            ("@afterTime", after.Time),
            ("@afterId", after.Id),
            ("@limit", (long)PageSize)),
        row => new Due(new DueCursor.Position(row.GetInt64(1), row.GetString(0)), Math.Min(row.GetInt64(2), row.GetInt64(3))),
        cancellationToken);

    private Task<List<SessionId>> AheadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        Query,
        new Statement(
            "SELECT id FROM sessions WHERE ended_at IS NULL AND next_check_at > @latest ORDER BY next_check_at, id LIMIT @limit",
            ("@latest", now.UtcTicks + Latest),
            ("@limit", (long)limit)),
        row => row.Id<SessionId>(0),
        cancellationToken);

    // Sorted, so that the sweepers of two silos cannot deadlock.
    private async Task PostponeAsync(IEnumerable<Due> alive, CancellationToken cancellationToken)
    {
        var statements = alive.OrderBy(row => row.Position.Id, StringComparer.Ordinal).Select(row => new Statement(
            "UPDATE sessions SET next_check_at = @next WHERE id = @id AND ended_at IS NULL",
            ("@next", row.EndsAt),
            ("@id", row.Position.Id))).ToList();
        if (statements.Count > 0) await database.WriteAsync(Postpone, statements, Durability.Durable, cancellationToken);
    }

    private readonly record struct Due(DueCursor.Position Position, long EndsAt);
}
