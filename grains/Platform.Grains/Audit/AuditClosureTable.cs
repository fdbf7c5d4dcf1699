using Platform.Storage;

namespace Platform.Audit;

/// <summary>
/// The table of closures: the one door through which the whole log of a deleted tenant leaves. A closure is made in one commit with the last event and the checkpoint on it. The database refuses it while the
/// tenant has a row or a data key, and refuses from then on every further event and checkpoint of the tenant: nobody can write another log in the place of one that was swept (threat T73).
/// </summary>
internal sealed class AuditClosureTable(IDatabase database)
{
    private const string Table = "audit_closures";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Clear = new("clear", Table);

    /// <summary>The last event with its checkpoint, and the closure on it: all or nothing.</summary>
    /// <exception cref="InvalidOperationException">A sequence number is taken, or the database refuses the closure. Nothing was written.</exception>
    public Task CloseAsync(IReadOnlyList<AuditRow> last, AuditCheckpoint end, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        [
            .. AuditEventTable.Inserts(last, end),
            new Statement(
                "INSERT INTO audit_closures (tenant_id, sequence, hash, closed_at, swept) VALUES (@tenant, @sequence, @hash, @at, 0)",
                ("@tenant", end.TenantId.ToString()),
                ("@sequence", end.Sequence),
                ("@hash", end.Hash.ToArray()),
                ("@at", Columns.Ticks(end.Time))),
        ],
        Durability.Durable,
        cancellationToken);

    /// <summary>Where the log ended; null: it is open.</summary>
    public async Task<AuditHead?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement("SELECT sequence, hash FROM audit_closures WHERE tenant_id = @tenant", ("@tenant", tenant.ToString())),
            row => new AuditHead(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
            cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Removes up to <paramref name="limit"/> events of a closed log; with the last of them its checkpoints and trims.</summary>
    /// <returns>False when nothing is left.</returns>
    // The table's triggers remove them, in this one transaction.
    public async Task<bool> SweepAsync(TenantId tenant, long limit, CancellationToken cancellationToken) => await database.WriteAsync(
        Clear,
        new Statement(
            """
            UPDATE audit_closures SET swept = CASE WHEN next > sequence THEN sequence ELSE next END
            FROM (SELECT COALESCE(MIN(sequence) - 1, 0) + @limit AS next FROM audit_events WHERE tenant_id = @tenant) AS step
            WHERE tenant_id = @tenant AND swept < sequence
            """,
            ("@tenant", tenant.ToString()),
            ("@limit", limit)),
        cancellationToken) > 0;
}
