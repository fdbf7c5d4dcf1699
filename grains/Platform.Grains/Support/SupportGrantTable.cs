using System.Data.Common;
using Platform.Clocks;
using Platform.Paging;
using Platform.Storage;

namespace Platform.Support;

/// <summary>Plain table of support grants, written through by the grain of their tenant before its own state. Ended ones stay.</summary>
internal sealed class SupportGrantTable(IDatabase database)
{
    private const string Table = "support_grants";
    private const string AllColumns =
        "id, tenant_id, operator_id, reason, ticket, duration, break_glass, approval_waived, state, requested_at, expires_at, "
        + "approved_by, activated_at, ended_at, end_reason, ended_by";

    private static readonly Operation Save = new("write", Table);
    private static readonly Operation Remove = new("clear", Table);
    private static readonly Operation Query = new("query", Table);

    /// <summary>Insert or overwrite by id.</summary>
    public Task SaveAsync(SupportGrant grant, CancellationToken cancellationToken) => database.WriteAsync(
        Save,
        new Statement(
            $"""
            INSERT INTO support_grants ({AllColumns})
            VALUES (@id, @tenant, @operator, @reason, @ticket, @duration, @glass, @waived, @state, @requested, @expires, @approver,
                CAST(@activated AS bigint), CAST(@ended AS bigint), CAST(@why AS bigint), @ender)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at, approved_by = excluded.approved_by,
                activated_at = excluded.activated_at, ended_at = excluded.ended_at, end_reason = excluded.end_reason, ended_by = excluded.ended_by
            """,
            ("@id", grant.Id.ToString()),
            ("@tenant", grant.TenantId.ToString()),
            ("@operator", grant.OperatorId.ToString()),
            ("@reason", grant.Reason),
            ("@ticket", grant.Ticket),
            ("@duration", grant.Duration.Ticks),
            ("@glass", grant.BreakGlass ? 1L : 0L),
            ("@waived", grant.ApprovalWaived ? 1L : 0L),
            ("@state", (long)grant.State),
            ("@requested", Columns.Ticks(grant.RequestedAt)),
            ("@expires", Columns.Ticks(grant.ExpiresAt)),
            ("@approver", grant.ApprovedBy?.ToString()),
            ("@activated", grant.ActivatedAt?.UtcTicks),
            ("@ended", grant.EndedAt?.UtcTicks),
            ("@why", (long?)grant.EndReason),
            ("@ender", grant.EndedBy?.ToString())),
        cancellationToken);

    public Task RemoveAsync(SupportGrantId grant, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, new Statement("DELETE FROM support_grants WHERE id = @id", ("@id", grant.ToString())), cancellationToken);

    public async Task<SupportGrant?> FindAsync(SupportGrantId grant, CancellationToken cancellationToken) => (await database.ReadAsync(
        Query, new Statement($"SELECT {AllColumns} FROM support_grants WHERE id = @id", ("@id", grant.ToString())), Map, cancellationToken)).SingleOrDefault();

    /// <summary>Newest first (by id descending as printed), before the id <see cref="PageRequest.After"/>. <paramref name="user"/>: only those that this operator asked for.</summary>
    public async Task<Page<SupportGrant>> ListAsync(TenantId tenant, UserId? user, PageRequest page, CancellationToken cancellationToken)
    {
        (string, object?)[] parameters = [("@tenant", tenant.ToString()), ("@before", Columns.Before<SupportGrantId>(page)), ("@limit", Columns.Rows(page))];
        var statement = user is { } asker
            ? new Statement(
                $"SELECT {AllColumns} FROM support_grants WHERE tenant_id = @tenant AND operator_id = @operator AND id < @before ORDER BY id DESC LIMIT @limit",
                [.. parameters, ("@operator", asker.ToString())])
            : new Statement($"SELECT {AllColumns} FROM support_grants WHERE tenant_id = @tenant AND id < @before ORDER BY id DESC LIMIT @limit", parameters);
        return (await database.ReadAsync(Query, statement, Map, cancellationToken)).ToPage(page, grant => grant.Id.ToString());
    }

    /// <summary>All that have not ended, which are few.</summary>
    public async Task<IReadOnlyList<SupportGrant>> ListOpenAsync(TenantId tenant, CancellationToken cancellationToken) => await database.ReadAsync(
        Query,
        new Statement($"SELECT {AllColumns} FROM support_grants WHERE tenant_id = @tenant AND ended_at IS NULL ORDER BY expires_at", ("@tenant", tenant.ToString())),
        Map,
        cancellationToken);

    /// <summary>Up to <paramref name="limit"/> tenants with a grant that has not ended although its time is over at <paramref name="now"/>, by id, after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<TenantId>> FindDueAsync(DateTimeOffset now, TenantId? after, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        Query,
        new Statement(
            "SELECT DISTINCT tenant_id FROM support_grants WHERE ended_at IS NULL AND (expires_at <= @now OR expires_at > @ahead) AND tenant_id > @after ORDER BY tenant_id LIMIT @limit",
            ("@now", Columns.Ticks(now)),
            ("@ahead", Columns.Ticks(now + SupportRules.RequestLifetime + StoredTime.Allowance)),
            ("@after", after?.ToString() ?? ""),
            ("@limit", (long)limit)),
        row => row.Id<TenantId>(0),
        cancellationToken);

    private static SupportGrant Map(DbDataReader row) => new()
    {
        Id = row.Id<SupportGrantId>(0),
        TenantId = row.Id<TenantId>(1),
        OperatorId = row.Id<UserId>(2),
        Reason = row.GetString(3),
        Ticket = row.GetString(4),
        Duration = row.Duration(5),
        BreakGlass = row.GetInt64(6) != 0,
        ApprovalWaived = row.GetInt64(7) != 0,
        State = (SupportGrantState)row.GetInt64(8),
        RequestedAt = row.Time(9),
        ExpiresAt = row.Time(10),
        ApprovedBy = row.IsDBNull(11) ? null : row.Id<UserId>(11),
        ActivatedAt = row.IsDBNull(12) ? null : row.Time(12),
        EndedAt = row.IsDBNull(13) ? null : row.Time(13),
        EndReason = row.IsDBNull(14) ? null : (SupportGrantEnd)row.GetInt64(14),
        EndedBy = row.IsDBNull(15) ? null : row.Id<UserId>(15),
    };
}
