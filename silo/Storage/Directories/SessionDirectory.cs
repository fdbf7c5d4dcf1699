using System.Data.Common;
using Platform.Directory;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Silo.Storage.Directories;

internal sealed class SessionDirectory(IDatabase database) : ISessionDirectory
{
    private const string Table = "sessions";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);
    private static readonly Operation SaveActivity = new("batch", "session_activity");
    private static readonly Operation FindActivity = new("query", "session_activity");

    private readonly ExpiredSessions _expired = new(database);
    private readonly DueCursor _ended = new();

    // The row of the activity clock is made here, so that saving a clock is one update that locks nothing but its own row.
    public Task AddAsync(SessionRow session, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        [
            AddSession(session),
            new Statement("INSERT INTO session_activity (session_id) VALUES (@id) ON CONFLICT (session_id) DO NOTHING", ("@id", session.Id.ToString())),
        ],
        Durability.OnDisk,
        cancellationToken);

    public Task EndAsync(SessionId session, SessionState reason, DateTimeOffset endedAt, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            "UPDATE sessions SET end_reason = @reason, ended_at = @ended WHERE id = @id AND ended_at IS NULL",
            ("@reason", (long)reason),
            ("@ended", Columns.Ticks(endedAt)),
            ("@id", session.ToString())),
        cancellationToken);

    // The session may have been removed since it was touched: then there is nothing to save.
    public async Task SaveActivityAsync(IReadOnlyList<SessionActivity> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var statements = batch.Select(activity => new Statement(
            """
            UPDATE session_activity SET last_activity = @clock
            WHERE session_id = @id AND (last_activity IS NULL OR last_activity < @clock)
            """,
            ("@clock", Columns.Ticks(activity.LastActivityAt)),
            ("@id", activity.Id.ToString())));
        await database.WriteAsync(SaveActivity, [.. statements], Durability.MayBeForgotten, cancellationToken);
    }

    public async Task<DateTimeOffset?> FindActivityAsync(SessionId session, CancellationToken cancellationToken)
    {
        var statement = new Statement(
            "SELECT last_activity FROM session_activity WHERE session_id = @id AND last_activity IS NOT NULL",
            ("@id", session.ToString()));
        var rows = await database.ReadAsync(FindActivity, statement, row => row.Time(0), cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    public async Task<Page<SessionListing>> ListAsync(TenantId tenant, UserId user, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement(
                """
                SELECT s.id, s.created_at, COALESCE(t.idle_timeout, s.idle_timeout), s.absolute_timeout, s.ip, s.user_agent, s.end_reason, s.ended_at, a.last_activity
                FROM sessions s LEFT JOIN session_activity a ON a.session_id = s.id LEFT JOIN tenants t ON t.id = s.tenant_id
                WHERE s.tenant_id = @tenant AND s.user_id = @user AND s.id < @before ORDER BY s.id DESC LIMIT @limit
                """,
                ("@tenant", tenant.ToString()),
                ("@user", user.ToString()),
                ("@before", Columns.Before<SessionId>(page)),
                ("@limit", Columns.Rows(page))),
            Map,
            cancellationToken);
        return rows.ToPage(page, session => session.Id.ToString());
    }

    public async Task<Page<OpenSession>> ListOpenAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        var after = (page.After ?? "/").Split('/', 2);
        var rows = await database.ReadAsync(
            Query,
            new Statement(
                """
                SELECT id, user_id, ip FROM sessions
                WHERE tenant_id = @tenant AND (user_id, id) > (@afterUser, @afterId) AND ended_at IS NULL ORDER BY user_id, id LIMIT @limit
                """,
                ("@tenant", tenant.ToString()),
                ("@afterUser", after[0]),
                ("@afterId", after[1]),
                ("@limit", Columns.Rows(page))),
            row => new OpenSession(row.Id<SessionId>(0), row.Id<UserId>(1), row.Text(2)),
            cancellationToken);
        return rows.ToPage(page, session => session.Key);
    }

    public Task<IReadOnlyList<SessionId>> FindExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        _expired.FindAsync(now, limit, cancellationToken);

    public async Task<IReadOnlyList<SessionId>> FindEndedAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken)
    {
        var after = _ended.After;
        var rows = await database.ReadAsync(
            Query,
            new Statement(
                """
                SELECT id, ended_at FROM sessions
                WHERE ended_at < @before AND (ended_at, id) > (@afterTime, @afterId) ORDER BY ended_at, id LIMIT @limit
                """,
                ("@before", Columns.Ticks(endedBefore)),
                ("@afterTime", after.Time),
                ("@afterId", after.Id),
                ("@limit", (long)limit)),
            row => new DueCursor.Position(row.GetInt64(1), row.GetString(0)),
            cancellationToken);
        return _ended.Ended(rows, limit);
    }

    public async Task RemoveAsync(IReadOnlyList<SessionId> sessions, CancellationToken cancellationToken)
    {
        if (sessions.Count == 0) return;
        // Sorted, so that two removers (or one and the activity of the same sessions) cannot deadlock. Activity goes with its session.
        var ids = sessions.Select(session => session.ToString()).Order(StringComparer.Ordinal);
        await database.WriteAsync(
            Remove,
            [.. ids.Select(id => new Statement("DELETE FROM sessions WHERE id = @id", ("@id", id)))],
            Durability.OnDisk,
            cancellationToken);
    }

    private static Statement AddSession(SessionRow session) =>
        new(
            """
            INSERT INTO sessions (id, tenant_id, user_id, created_at, idle_timeout, absolute_timeout, ip, user_agent, next_check_at)
            VALUES (@id, @tenant, @user, @created, @idle, @absolute, @ip, @agent, @check)
            ON CONFLICT (id) DO NOTHING
            """,
            ("@id", session.Id.ToString()),
            ("@tenant", session.TenantId.ToString()),
            ("@user", session.UserId.ToString()),
            ("@created", Columns.Ticks(session.CreatedAt)),
            ("@idle", session.Policy.IdleTimeout.Ticks),
            ("@absolute", session.Policy.AbsoluteTimeout.Ticks),
            ("@ip", session.Client.Ip),
            ("@agent", session.Client.UserAgent),
            ("@check", Columns.Ticks(session.CreatedAt) + Math.Min(session.Policy.IdleTimeout.Ticks, session.Policy.AbsoluteTimeout.Ticks)));

    private static SessionListing Map(DbDataReader row)
    {
        var created = row.Time(1);
        var absolute = created + row.Duration(3);
        var last = row.IsDBNull(8) ? created : row.Time(8);
        var idle = last + row.Duration(2);
        return new SessionListing
        {
            Id = row.Id<SessionId>(0),
            CreatedAt = created,
            LastActivityAt = last,
            IdleExpiresAt = idle < absolute ? idle : absolute,
            AbsoluteExpiresAt = absolute,
            Client = new ClientInfo(row.Text(4), row.Text(5)),
            State = row.IsDBNull(6) ? SessionState.Live : (SessionState)row.GetInt64(6),
            EndedAt = row.IsDBNull(7) ? null : row.Time(7),
        };
    }
}
