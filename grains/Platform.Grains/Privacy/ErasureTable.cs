using System.Data.Common;
using Platform.Paging;
using Platform.Storage;

namespace Platform.Privacy;

/// <summary>The table of erasures: jobs while they are under way, certificates afterwards. Nothing personal is in it.</summary>
internal sealed class ErasureTable(IDatabase database)
{
    private const string Table = "erasures";
    private const string All = "id, tenant_id, user_id, requested_at, completed_at, parts, log_sequence, log_hash, key_id, signature";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation WriteFormer = new("write", "former_users");
    private static readonly Operation QueryFormer = new("query", "former_users");

    /// <summary>Nothing happens where the user has one.</summary>
    public Task AddAsync(ErasureCertificate erasure, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            "INSERT INTO erasures (id, tenant_id, user_id, requested_at) VALUES (@id, @tenant, @user, @requested) ON CONFLICT (user_id) DO NOTHING",
            ("@id", erasure.Id.ToString()),
            ("@tenant", erasure.TenantId.ToString()),
            ("@user", erasure.UserId.ToString()),
            ("@requested", Columns.Ticks(erasure.RequestedAt))),
        cancellationToken);

    /// <summary>The first completion stays.</summary>
    public Task CompleteAsync(ErasureCertificate erasure, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            """
            UPDATE erasures SET completed_at = @completed, parts = @parts, log_sequence = @sequence, log_hash = @hash, key_id = @key, signature = @signature
            WHERE id = @id AND completed_at IS NULL
            """,
            ("@completed", Columns.Ticks(erasure.CompletedAt!.Value)),
            ("@parts", string.Join(' ', erasure.What)),
            ("@sequence", erasure.LogSequence!.Value),
            ("@hash", erasure.LogHash!.Value.ToArray()),
            ("@key", erasure.KeyId),
            ("@signature", erasure.Signature!.Value.ToArray()),
            ("@id", erasure.Id.ToString())),
        cancellationToken);

    public Task<ErasureCertificate?> FindAsync(TenantId tenant, ErasureId erasure, CancellationToken cancellationToken) =>
        FindAsync("tenant_id = @tenant AND id = @id", cancellationToken, ("@tenant", tenant.ToString()), ("@id", erasure.ToString()));

    public Task<ErasureCertificate?> FindAsync(UserId user, CancellationToken cancellationToken) =>
        FindAsync("user_id = @user", cancellationToken, ("@user", user.ToString()));

    /// <summary>Newest first, before the id <see cref="PageRequest.After"/>.</summary>
    public async Task<Page<ErasureCertificate>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement(
                $"SELECT {All} FROM erasures WHERE tenant_id = @tenant AND id < @before ORDER BY id DESC LIMIT @limit",
                ("@tenant", tenant.ToString()),
                ("@before", Columns.Before<ErasureId>(page)),
                ("@limit", Columns.Rows(page))),
            Map,
            cancellationToken);
        return rows.ToPage(page, erasure => erasure.Id.ToString());
    }

    /// <summary>Those under way, oldest first.</summary>
    public async Task<IReadOnlyList<UserId>> ListOpenAsync(int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        Query,
        new Statement("SELECT user_id FROM erasures WHERE completed_at IS NULL ORDER BY requested_at LIMIT @limit", ("@limit", (long)limit)),
        row => row.Id<UserId>(0),
        cancellationToken);

    /// <summary>A user was deleted: what the log keeps of it can still be erased. Repeating it changes nothing.</summary>
    public Task AddFormerAsync(UserId user, TenantId tenant, DateTimeOffset deletedAt, CancellationToken cancellationToken) => database.WriteAsync(
        WriteFormer,
        new Statement(
            "INSERT INTO former_users (user_id, tenant_id, deleted_at) VALUES (@user, @tenant, @deleted) ON CONFLICT (user_id) DO NOTHING",
            ("@user", user.ToString()),
            ("@tenant", tenant.ToString()),
            ("@deleted", Columns.Ticks(deletedAt))),
        cancellationToken);

    /// <summary>Where a deleted user was at home.</summary>
    public async Task<TenantId?> FindFormerAsync(UserId user, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            QueryFormer,
            new Statement("SELECT tenant_id FROM former_users WHERE user_id = @user", ("@user", user.ToString())),
            row => row.Id<TenantId>(0),
            cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    private async Task<ErasureCertificate?> FindAsync(string condition, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var rows = await database.ReadAsync(Query, new Statement($"SELECT {All} FROM erasures WHERE {condition}", parameters), Map, cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    private static ErasureCertificate Map(DbDataReader row)
    {
        var open = new ErasureCertificate { Id = row.Id<ErasureId>(0), TenantId = row.Id<TenantId>(1), UserId = row.Id<UserId>(2), RequestedAt = row.Time(3) };
        return row.IsDBNull(4) ? open : open with
        {
            CompletedAt = row.Time(4),
            What = [.. row.GetString(5).Split(' ')],
            LogSequence = row.GetInt64(6),
            LogHash = [.. row.GetFieldValue<byte[]>(7)],
            KeyId = row.GetString(8),
            Signature = [.. row.GetFieldValue<byte[]>(9)],
        };
    }
}
