using System.Data.Common;
using System.Text.Json.Serialization;
using Platform.Clocks;
using Platform.Paging;
using Platform.Replicas;
using Platform.Security;
using Platform.Storage;

namespace Platform.Sessions;

/// <summary>
/// Plain table of sessions for lists and for the sweeper, and the narrow table of their activity clocks (written behind, in batches).
/// </summary>
internal sealed class SessionTable(IDatabase database, SealedColumns personal)
{
    private const string Table = "sessions";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);
    private static readonly Operation SaveActivity = new("batch", "session_activity");
    private static readonly Operation FindActivity = new("query", "session_activity");

    private readonly ExpiredSessions _expired = new(database);

    // The row of the activity clock is made here, so that saving a clock is one update that locks nothing but its own row.
    public async Task AddAsync(SessionRow session, CancellationToken cancellationToken)
    {
        var client = new ClientColumns(session.Client.Ip, session.Client.UserAgent);
        var sealedClient = await personal.SealAsync(Table, session.Id.ToString(), session.UserId, client, ClientColumnJson.Default.ClientColumns, cancellationToken);
        await database.WriteAsync(
            Write,
            [
                AddSession(session, sealedClient),
                new Statement("INSERT INTO session_activity (session_id) VALUES (@id) ON CONFLICT (session_id) DO NOTHING", ("@id", session.Id.ToString())),
                // Here, since it costs no commit of its own, and nothing reads it but lists.
                new Statement(
                    "UPDATE users SET last_sign_in_at = @created WHERE id = @user AND last_sign_in_at < @created",
                    ("@created", Columns.Ticks(session.CreatedAt)),
                    ("@user", session.UserId.ToString())),
            ],
            Durability.Durable,
            cancellationToken);
    }

    /// <summary>Marks the end; the first mark stays.</summary>
    public Task EndAsync(SessionId session, SessionState reason, DateTimeOffset endedAt, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            "UPDATE sessions SET end_reason = @reason, ended_at = @ended WHERE id = @id AND ended_at IS NULL",
            ("@reason", (long)reason),
            ("@ended", Columns.Ticks(endedAt)),
            ("@id", session.ToString())),
        cancellationToken);

    /// <summary>Sets back what was stored by a clock ahead of now: the time of the opening, and the saved activity where it has not come yet.</summary>
    public Task CorrectAsync(SessionId session, DateTimeOffset createdAt, DateTimeOffset lastActivity, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        [
            new Statement(
                "UPDATE sessions SET created_at = @created, next_check_at = @now WHERE id = @id AND created_at > @created AND ended_at IS NULL",
                ("@created", Columns.Ticks(createdAt)),
                ("@now", Columns.Ticks(now)),
                ("@id", session.ToString())),
            new Statement(
                "UPDATE session_activity SET last_activity = @last WHERE session_id = @id AND (last_activity IS NULL OR last_activity > @ahead)",
                ("@last", Columns.Ticks(lastActivity)),
                ("@ahead", Columns.Ticks(now + StoredTime.Allowance)),
                ("@id", session.ToString())),
        ],
        Durability.Durable,
        cancellationToken);

    /// <summary>Null where it is not marked as ended, or not there (any more).</summary>
    public async Task<SessionEnd?> FindEndAsync(SessionId session, CancellationToken cancellationToken)
    {
        var statement = new Statement(
            "SELECT tenant_id, user_id, end_reason FROM sessions WHERE id = @id AND ended_at IS NOT NULL", ("@id", session.ToString()));
        var rows = await database.ReadAsync(
            Query, statement, row => new SessionEnd(row.Id<TenantId>(0), row.Id<UserId>(1), (SessionState)row.GetInt64(2)), cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>
    /// Saves clocks, sorted by id by the caller (so that two writers cannot deadlock); a clock never goes back. One transaction; on PostgreSQL
    /// without waiting for the disk (<c>synchronous_commit=off</c>): this is the only write that may be forgotten.
    /// </summary>
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
        await database.WriteAsync(SaveActivity, [.. statements], Durability.Relaxed, cancellationToken);
    }

    /// <summary>Null when no activity was saved since the opening.</summary>
    public async Task<DateTimeOffset?> FindActivityAsync(SessionId session, CancellationToken cancellationToken)
    {
        var statement = new Statement(
            "SELECT last_activity FROM session_activity WHERE session_id = @id AND last_activity IS NOT NULL",
            ("@id", session.ToString()));
        var rows = await database.ReadAsync(FindActivity, statement, row => row.Time(0), cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>All of a user, newest first.</summary>
    public Task<Page<SessionListing>> ListAsync(TenantId tenant, UserId user, PageRequest page, CancellationToken cancellationToken) =>
        ListAsync(tenant, user, SessionFilter.All, page, page.Size(), cancellationToken);

    /// <summary>Newest first (ids are UUIDv7: by id descending, ids compared as their printed form), before the id <see cref="PageRequest.After"/>.</summary>
    /// <returns>
    /// <paramref name="count"/> of them: ended ones with their reason; the others as <see cref="SessionState.Live"/>, by the clocks as saved: the caller evaluates. Of <paramref name="filter"/> only what the
    /// table knows for certain: what is marked as ended is not live.
    /// </returns>
    public async Task<Page<SessionListing>> ListAsync(TenantId tenant, UserId user, SessionFilter filter, PageRequest page, int count, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement(
                $"""
                SELECT s.id, s.created_at, COALESCE(t.idle_timeout, s.idle_timeout), s.absolute_timeout, s.client, s.end_reason, s.ended_at, a.last_activity
                FROM sessions s LEFT JOIN session_activity a ON a.session_id = s.id LEFT JOIN tenants t ON t.id = s.tenant_id
                WHERE s.tenant_id = @tenant AND s.user_id = @user AND s.id < @before{(filter.Live == true ? " AND s.ended_at IS NULL" : "")} ORDER BY s.id DESC LIMIT @limit
                """,
                ("@tenant", tenant.ToString()),
                ("@user", user.ToString()),
                ("@before", Columns.Before<SessionId>(page)),
                ("@limit", count + 1L)),
            row => new SealedRow<SessionListing>(Map(row), row.GetString(0), user.ToString(), row.GetFieldValue<byte[]>(4)),
            cancellationToken);
        return await OpenAsync(
            rows.ToPage(count, row => row.Id), (session, client) => session with { Client = new ClientInfo(client?.Ip, client?.UserAgent) }, cancellationToken);
    }

    /// <summary>A tenant's sessions that are not marked as ended, by user and id, after <see cref="OpenSession.Key"/>.</summary>
    public async Task<Page<OpenSession>> ListOpenAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        var after = (page.After ?? "/").Split('/', 2);
        var rows = await database.ReadAsync(
            Query,
            new Statement(
                """
                SELECT id, user_id, client FROM sessions
                WHERE tenant_id = @tenant AND (user_id, id) > (@afterUser, @afterId) AND ended_at IS NULL ORDER BY user_id, id LIMIT @limit
                """,
                ("@tenant", tenant.ToString()),
                ("@afterUser", after[0]),
                ("@afterId", after[1]),
                ("@limit", Columns.Rows(page))),
            row => new SealedRow<OpenSession>(new OpenSession(row.Id<SessionId>(0), row.Id<UserId>(1), null), row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2)),
            cancellationToken);
        return await OpenAsync(rows.ToPage(page, row => row.Row.Key), (session, client) => session with { Ip = client?.Ip }, cancellationToken);
    }

    /// <summary>
    /// Up to <paramref name="limit"/> sessions not marked as ended whose saved clocks say that they are over at <paramref name="now"/>, or were stored by a clock far ahead of it.
    /// </summary>
    public Task<IReadOnlyList<SessionId>> FindExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        _expired.FindAsync(now, limit, cancellationToken);

    /// <summary>Up to <paramref name="limit"/> sessions of the tenant that ended before <paramref name="endedBefore"/> and whose grain state may go.</summary>
    public async Task<IReadOnlyList<SessionId>> FindEndedAsync(TenantId tenant, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        Query,
        new Statement(
            "SELECT id FROM sessions WHERE tenant_id = @tenant AND ended_at < @before ORDER BY ended_at, id LIMIT @limit",
            ("@tenant", tenant.ToString()),
            ("@before", Columns.Ticks(endedBefore)),
            ("@limit", (long)limit)),
        row => row.Id<SessionId>(0),
        cancellationToken);

    /// <summary>Removes the rows of these sessions, activity included.</summary>
    public async Task RemoveAsync(IReadOnlyList<SessionId> sessions, CancellationToken cancellationToken)
    {
        if (sessions.Count == 0) return;
        // Sorted, so that two removers (or one and the activity of the same sessions) cannot deadlock. Activity goes with its session.
        var ids = sessions.Select(session => session.ToString()).Order(StringComparer.Ordinal);
        await database.WriteAsync(
            Remove,
            [.. ids.Select(id => new Statement("DELETE FROM sessions WHERE id = @id", ("@id", id)))],
            Durability.Durable,
            cancellationToken);
    }

    /// <summary>A damaged row keeps its place in the list, so that its session can be ended.</summary>
    private Task<Page<TRow>> OpenAsync<TRow>(Page<SealedRow<TRow>> page, Func<TRow, ClientColumns?, TRow> with, CancellationToken cancellationToken) where TRow : class =>
        personal.OpenAsync(page, Table, ClientColumnJson.Default.ClientColumns, with, cancellationToken);

    private static Statement AddSession(SessionRow session, byte[] client) =>
        new(
            """
            INSERT INTO sessions (id, tenant_id, user_id, created_at, idle_timeout, absolute_timeout, client, next_check_at)
            VALUES (@id, @tenant, @user, @created, @idle, @absolute, @client, @check)
            ON CONFLICT (id) DO NOTHING
            """,
            ("@id", session.Id.ToString()),
            ("@tenant", session.TenantId.ToString()),
            ("@user", session.UserId.ToString()),
            ("@created", Columns.Ticks(session.CreatedAt)),
            ("@idle", session.Policy.IdleTimeout.Ticks),
            ("@absolute", session.Policy.AbsoluteTimeout.Ticks),
            ("@client", client),
            ("@check", Columns.Ticks(session.CreatedAt) + Math.Min(session.Policy.IdleTimeout.Ticks, session.Policy.AbsoluteTimeout.Ticks)));

    private static SessionListing Map(DbDataReader row)
    {
        var created = row.Time(1);
        var absolute = created + row.Duration(3);
        var last = row.IsDBNull(7) ? created : row.Time(7);
        var idle = last + row.Duration(2);
        return new SessionListing
        {
            Id = row.Id<SessionId>(0),
            CreatedAt = created,
            LastActivityAt = last,
            IdleExpiresAt = idle < absolute ? idle : absolute,
            AbsoluteExpiresAt = absolute,
            Client = new ClientInfo(null, null),
            State = row.IsDBNull(5) ? SessionState.Live : (SessionState)row.GetInt64(5),
            EndedAt = row.IsDBNull(6) ? null : row.Time(6),
        };
    }
}

/// <summary>Personal columns of <c>sessions</c>.</summary>
internal sealed record ClientColumns(string? Ip, string? UserAgent);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientColumns))]
internal sealed partial class ClientColumnJson : JsonSerializerContext;
