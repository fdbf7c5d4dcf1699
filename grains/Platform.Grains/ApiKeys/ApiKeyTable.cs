using System.Data.Common;
using Platform.Paging;
using Platform.Storage;

namespace Platform.ApiKeys;

/// <summary>Plain table of API keys, written through by the grain of the tenant's keys; the time of last use is written behind.</summary>
internal sealed class ApiKeyTable(IDatabase database)
{
    private const string Table = "api_keys";

    private static readonly Operation Save = new("write", Table);
    private static readonly Operation Remove = new("clear", Table);
    private static readonly Operation List = new("query", Table);
    private static readonly Operation Use = new("batch", Table);

    /// <summary>Insert or overwrite by id; the time of last use stays.</summary>
    public Task SaveAsync(ApiKeyView key, CancellationToken cancellationToken) => database.WriteAsync(
        Save,
        new Statement(
            """
            INSERT INTO api_keys (id, tenant_id, name, scopes, prefix, created_at, created_by) VALUES (@id, @tenant, @name, @scopes, @prefix, @created, @by)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes, prefix = excluded.prefix, created_at = excluded.created_at,
                created_by = excluded.created_by
            """,
            ("@id", key.Id.ToString()),
            ("@tenant", key.TenantId.ToString()),
            ("@name", key.Name),
            ("@scopes", (long)key.Scopes),
            ("@prefix", key.Prefix),
            ("@created", Columns.Ticks(key.CreatedAt)),
            ("@by", key.CreatedBy.ToString())),
        cancellationToken);

    public Task RemoveAsync(ApiKeyId key, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, new Statement("DELETE FROM api_keys WHERE id = @id", ("@id", key.ToString())), cancellationToken);

    /// <summary>Newest first (by id descending as printed), before the id <see cref="PageRequest.After"/>.</summary>
    public async Task<Page<ApiKeyView>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            List,
            new Statement(
                """
                SELECT id, tenant_id, name, scopes, prefix, created_at, created_by, last_used_at FROM api_keys
                WHERE tenant_id = @tenant AND id < @before ORDER BY id DESC LIMIT @limit
                """,
                ("@tenant", tenant.ToString()),
                ("@before", Columns.Before<ApiKeyId>(page)),
                ("@limit", Columns.Rows(page))),
            Map,
            cancellationToken);
        return rows.ToPage(page, row => row.Id.ToString());
    }

    /// <summary>Sorted by id by the caller; a time never goes back; of keys that are gone nothing is kept. May be forgotten by a crash of the database.</summary>
    public Task SaveUsesAsync(IReadOnlyList<ApiKeyUse> uses, CancellationToken cancellationToken) => database.WriteAsync(
        Use,
        [.. uses.Select(use => new Statement(
            "UPDATE api_keys SET last_used_at = @at WHERE id = @id AND (last_used_at IS NULL OR last_used_at < @at)",
            ("@id", use.Id.ToString()),
            ("@at", Columns.Ticks(use.At))))],
        Durability.Relaxed,
        cancellationToken);

    private static ApiKeyView Map(DbDataReader row) => new()
    {
        Id = row.Id<ApiKeyId>(0),
        TenantId = row.Id<TenantId>(1),
        Name = row.GetString(2),
        Scopes = (ApiKeyScopes)row.GetInt64(3),
        Prefix = row.GetString(4),
        CreatedAt = row.Time(5),
        CreatedBy = row.Id<UserId>(6),
        LastUsedAt = row.IsDBNull(7) ? null : row.Time(7),
    };
}
