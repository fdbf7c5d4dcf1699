using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using Platform.Clocks;
using Platform.Paging;
using Platform.Storage;

namespace Platform.Deletion;

/// <summary>The table of deletions of tenants: jobs while they wait or are under way, certificates afterwards. Nothing personal is in it.</summary>
internal sealed class TenantDeletionTable(IDatabase database)
{
    /// <summary>Nothing is looked at later than this; what is, was stored by a clock that was ahead, and is due.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private const string Table = "tenant_deletions";
    private const string All = "tenant_id, requested_at, requested_by, deletes_at, notice, reminded_at, look_at, counts, completed_at, log_sequence, log_hash, key_id, signature";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);

    /// <summary>Nothing happens where the tenant has one.</summary>
    public Task AddAsync(TenantDeletionView deletion, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            """
            INSERT INTO tenant_deletions (tenant_id, requested_at, requested_by, deletes_at, notice, look_at) VALUES (@tenant, @requested, @by, @deletes, 0, @requested)
            ON CONFLICT (tenant_id) DO NOTHING
            """,
            ("@tenant", deletion.TenantId.ToString()),
            ("@requested", Columns.Ticks(deletion.RequestedAt)),
            ("@by", deletion.RequestedBy.ToString()),
            ("@deletes", Columns.Ticks(deletion.DeletesAt))),
        cancellationToken);

    /// <summary>Of one that is not complete: how far it is.</summary>
    public Task SaveAsync(TenantDeletionJob job, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            "UPDATE tenant_deletions SET deletes_at = @deletes, notice = @notice, reminded_at = CAST(@reminded AS bigint), look_at = @look, counts = @counts WHERE tenant_id = @tenant AND completed_at IS NULL",
            ("@deletes", Columns.Ticks(job.Deletion.DeletesAt)),
            ("@notice", (long)job.Notice),
            ("@reminded", job.RemindedAt is { } at ? Columns.Ticks(at) : null),
            ("@look", Columns.Ticks(job.LookAt)),
            ("@counts", job.IsBegun ? Print(job.Deletion.Counts) : null),
            ("@tenant", job.Deletion.TenantId.ToString())),
        cancellationToken);

    /// <summary>The first completion stays.</summary>
    public Task CompleteAsync(TenantDeletionView deletion, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            """
            UPDATE tenant_deletions SET counts = @counts, completed_at = @completed, log_sequence = @sequence, log_hash = @hash, key_id = @key, signature = @signature
            WHERE tenant_id = @tenant AND completed_at IS NULL
            """,
            ("@counts", Print(deletion.Counts)),
            ("@completed", Columns.Ticks(deletion.CompletedAt!.Value)),
            ("@sequence", deletion.LogSequence!.Value),
            ("@hash", deletion.LogHash!.Value.ToArray()),
            ("@key", deletion.KeyId),
            ("@signature", deletion.Signature!.Value.ToArray()),
            ("@tenant", deletion.TenantId.ToString())),
        cancellationToken);

    /// <summary>It was taken back.</summary>
    public Task RemoveAsync(TenantId tenant, CancellationToken cancellationToken) => database.WriteAsync(
        Remove, new Statement("DELETE FROM tenant_deletions WHERE tenant_id = @tenant AND counts IS NULL", ("@tenant", tenant.ToString())), cancellationToken);

    public async Task<TenantDeletionJob?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(Query, new Statement($"SELECT {All} FROM tenant_deletions WHERE tenant_id = @tenant", ("@tenant", tenant.ToString())), Map, cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>By tenant, the one that was made last first, before the id <see cref="PageRequest.After"/>.</summary>
    public async Task<Page<TenantDeletionView>> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement(
                $"SELECT {All} FROM tenant_deletions WHERE tenant_id < @before ORDER BY tenant_id DESC LIMIT @limit",
                ("@before", Columns.Before<TenantId>(page)),
                ("@limit", Columns.Rows(page))),
            row => Map(row).Deletion,
            cancellationToken);
        return rows.ToPage(page, deletion => deletion.TenantId.ToString());
    }

    /// <summary>Those of which something is due, the longest waiting first.</summary>
    public async Task<IReadOnlyList<TenantId>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        Query,
        new Statement(
            "SELECT tenant_id FROM tenant_deletions WHERE completed_at IS NULL AND (look_at <= @now OR look_at > @ahead) ORDER BY look_at, tenant_id LIMIT @limit",
            ("@now", Columns.Ticks(now)),
            ("@ahead", Columns.Ticks(now + LongestPause + StoredTime.Allowance)),
            ("@limit", (long)limit)),
        row => row.Id<TenantId>(0),
        cancellationToken);

    private static TenantDeletionJob Map(DbDataReader row)
    {
        var deletion = new TenantDeletionView { TenantId = row.Id<TenantId>(0), RequestedAt = row.Time(1), RequestedBy = row.Id<UserId>(2), DeletesAt = row.Time(3), Counts = Parse(row.Text(7)) };
        if (!row.IsDBNull(8))
        {
            deletion = deletion with
            {
                CompletedAt = row.Time(8),
                LogSequence = row.GetInt64(9),
                LogHash = [.. row.GetFieldValue<byte[]>(10)],
                KeyId = row.GetString(11),
                Signature = [.. row.GetFieldValue<byte[]>(12)],
            };
        }

        return new TenantDeletionJob(deletion, (DeletionNotice)row.GetInt64(4), row.IsDBNull(5) ? null : row.Time(5), row.Time(6));
    }

    private static string Print(ImmutableSortedDictionary<string, long> counts) => string.Join(' ', counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key}={count.Value}")));

    private static ImmutableSortedDictionary<string, long> Parse(string? text) => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('='))
        .ToImmutableSortedDictionary(part => part[0], part => long.Parse(part[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
