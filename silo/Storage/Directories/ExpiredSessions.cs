namespace Platform.Silo.Storage.Directories;

/// <summary>
/// Finds sessions that are over without an index on their activity clocks (each touch would have to move it). A row's next_check_at never lies after
/// its end; a due row that still lives is moved on to its present end. Cost: one small update per live session and idle timeout.
/// </summary>
internal sealed class ExpiredSessions(IDatabase database)
{
    private const int RoundsPerCall = 20;

    private static readonly Operation Query = new("query", "sessions");
    private static readonly Operation Postpone = new("batch", "sessions");

    private readonly DueCursor _cursor = new();

    public async Task<IReadOnlyList<SessionId>> FindAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        for (var round = 0; round < RoundsPerCall; round++)
        {
            if (await PostponeAsync(now, limit, cancellationToken) < limit) break;
        }

        return await _cursor.TakeAsync(limit, async (after, count) => await DueAsync(now, after, count, cancellationToken));
    }

    // What is due and over stays due; so after this the front of the queue holds only sessions that are over, or more live ones than a call should move.
    private async Task<int> PostponeAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var alive = await database.ReadAsync(
            Query,
            new Statement(
                $"""
                SELECT id, ends_at FROM ({Due}) due WHERE ends_at > @now ORDER BY id LIMIT @limit
                """,
                ("@now", now.UtcTicks),
                ("@limit", (long)limit)),
            row => (Id: row.GetString(0), EndsAt: row.GetInt64(1)),
            cancellationToken);
        if (alive.Count == 0) return 0;
        var statements = alive.Select(row => new Statement(
            "UPDATE sessions SET next_check_at = @next WHERE id = @id AND ended_at IS NULL",
            ("@next", row.EndsAt),
            ("@id", row.Id)));
        await database.WriteAsync(Postpone, [.. statements], Durability.OnDisk, cancellationToken);
        return alive.Count;
    }

    private Task<List<DueCursor.Position>> DueAsync(DateTimeOffset now, DueCursor.Position after, int count, CancellationToken cancellationToken) =>
        database.ReadAsync(
            Query,
            new Statement(
                $"""
                SELECT id, next_check_at FROM ({Due}) due
                WHERE ends_at <= @now AND (next_check_at, id) > (@afterTime, @afterId) ORDER BY next_check_at, id LIMIT @limit
                """,
                ("@now", now.UtcTicks),
                ("@afterTime", after.Time),
                ("@afterId", after.Id),
                ("@limit", (long)count)),
            row => new DueCursor.Position(row.GetInt64(1), row.GetString(0)),
            cancellationToken);

    private const string Due =
        """
        SELECT s.id, s.next_check_at,
            CASE WHEN COALESCE(a.last_activity, s.created_at) + s.idle_timeout < s.created_at + s.absolute_timeout
                THEN COALESCE(a.last_activity, s.created_at) + s.idle_timeout ELSE s.created_at + s.absolute_timeout END AS ends_at
        FROM sessions s LEFT JOIN session_activity a ON a.session_id = s.id
        WHERE s.ended_at IS NULL AND s.next_check_at <= @now
        """;
}
