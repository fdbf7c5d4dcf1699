using System.Data.Common;
using Platform.Clocks;
using Platform.Storage;

namespace Platform.Notifications;

/// <summary>The table of notifications that are not delivered yet.</summary>
internal sealed class NotificationOutbox(IDatabase database)
{
    /// <summary>No row waits longer: what is due later was stored by a clock that was ahead, and is due now.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private const string Table = "notification_outbox";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);

    public Task AddAsync(IReadOnlyList<OutboxRow> rows, DateTimeOffset dueAt, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        [.. rows.Select(row => new Statement(
            "INSERT INTO notification_outbox (id, subject_id, about_id, sealed, attempts, due_at) VALUES (@id, @subject, @about, @sealed, @attempts, @due)",
            ("@id", row.Id.ToString("N")),
            ("@subject", row.Subject),
            ("@about", row.About),
            ("@sealed", row.Sealed.ToArray()),
            ("@attempts", (long)row.Attempts),
            ("@due", Columns.Ticks(dueAt))))],
        Durability.Durable,
        cancellationToken);

    /// <summary>
    /// Up to <paramref name="limit"/> rows due at <paramref name="now"/>, oldest first; they are due again at <paramref name="again"/> unless removed before,
    /// so that a process that dies while sending delays, never loses.
    /// </summary>
    public async Task<IReadOnlyList<OutboxRow>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int limit, CancellationToken cancellationToken)
    {
        var due = await database.ReadAsync(
            Query,
            new Statement(
                "SELECT id, subject_id, about_id, sealed, attempts, due_at FROM notification_outbox WHERE due_at <= @now OR due_at > @ahead ORDER BY due_at, id LIMIT @limit",
                ("@now", Columns.Ticks(now)),
                ("@ahead", Columns.Ticks(now + LongestPause + StoredTime.Allowance)),
                ("@limit", (long)limit)),
            row => (Row: Map(row), DueAt: row.GetInt64(5)),
            cancellationToken);
        var taken = await database.ClaimAsync(
            Write,
            due,
            found => new Statement(
                "UPDATE notification_outbox SET due_at = @again WHERE id = @id AND due_at = @due",
                ("@again", Columns.Ticks(again)),
                ("@id", found.Row.Id.ToString("N")),
                ("@due", found.DueAt)),
            cancellationToken);
        return [.. taken.Select(found => found.Row)];
    }

    /// <summary>All that wait, by id, after <paramref name="after"/>; nothing is taken.</summary>
    public async Task<IReadOnlyList<OutboxRow>> ReadAsync(Guid after, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        Query,
        new Statement(
            "SELECT id, subject_id, about_id, sealed, attempts FROM notification_outbox WHERE id > @after ORDER BY id LIMIT @limit",
            ("@after", after.ToString("N")),
            ("@limit", (long)limit)),
        Map,
        cancellationToken);

    public Task PostponeAsync(Guid id, int attempts, DateTimeOffset dueAt, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            "UPDATE notification_outbox SET attempts = @attempts, due_at = @due WHERE id = @id",
            ("@attempts", (long)attempts),
            ("@due", Columns.Ticks(dueAt)),
            ("@id", id.ToString("N"))),
        cancellationToken);

    /// <summary>Delivered.</summary>
    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, new Statement("DELETE FROM notification_outbox WHERE id = @id", ("@id", id.ToString("N"))), cancellationToken);

    private static OutboxRow Map(DbDataReader row) =>
        new(Guid.ParseExact(row.GetString(0), "N"), row.GetString(1), row.Text(2), [.. row.GetFieldValue<byte[]>(3)], (int)row.GetInt64(4));
}
