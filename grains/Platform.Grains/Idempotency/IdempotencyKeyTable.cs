using Platform.Expiry;
using Platform.Storage;

namespace Platform.Idempotency;

/// <summary>The table of keys. Its primary key decides between calls that come at once.</summary>
internal sealed class IdempotencyKeyTable(IDatabase database) : IExpiringTable
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    private const string Table = "idempotency_keys";
    private const string ByKey = "tenant_id = @tenant AND user_id = @user AND idempotency_key = @key";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);

    /// <summary>False when the key is there already.</summary>
    public async Task<bool> TryAddAsync(IdempotencyKey key, IdempotencyRow row, DateTimeOffset expiresAt, CancellationToken cancellationToken) => await WriteAsync(
        Write,
        """
        INSERT INTO idempotency_keys (tenant_id, user_id, idempotency_key, request_hash, operation_id, running_until, expires_at)
        VALUES (@tenant, @user, @key, @hash, @operation, @until, @expires) ON CONFLICT (tenant_id, user_id, idempotency_key) DO NOTHING
        """,
        key,
        cancellationToken,
        ("@hash", row.RequestHash.ToArray()),
        ("@operation", row.OperationId.ToString("N")),
        ("@until", Columns.Ticks(row.RunningUntil)),
        ("@expires", Columns.Ticks(expiresAt))) == 1;

    /// <summary>Null when it is not there.</summary>
    public async Task<IdempotencyRow?> FindAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement($"SELECT request_hash, operation_id, running_until, status, location, body, about_id FROM idempotency_keys WHERE {ByKey}", Parameters(key)),
            row => new IdempotencyRow
            {
                RequestHash = [.. row.GetFieldValue<byte[]>(0)],
                OperationId = Guid.ParseExact(row.GetString(1), "N"),
                RunningUntil = row.Time(2),
                Answer = row.IsDBNull(3)
                    ? null
                    : new IdempotentAnswer
                    {
                        Status = (int)row.GetInt64(3),
                        Location = row.Text(4),
                        Body = [.. row.GetFieldValue<byte[]>(5)],
                        About = row.IsDBNull(6) ? null : row.Id<UserId>(6),
                    },
            },
            cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Keys of the tenant that have not expired, answered or not.</summary>
    public async Task<long> CountAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await database.ReadAsync(Query, OfTenant("COUNT(*)", tenant, now), row => row.GetInt64(0), cancellationToken))[0];

    /// <summary>When the first of them expires; null when there is none.</summary>
    public async Task<DateTimeOffset?> FindFirstExpiryAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await database.ReadAsync(Query, OfTenant("MIN(expires_at)", tenant, now), row => row.IsDBNull(0) ? (DateTimeOffset?)null : row.Time(0), cancellationToken))[0];

    /// <summary>True when the unanswered call that ran until at most <paramref name="now"/> is now the caller's until <paramref name="runningUntil"/>.</summary>
    public async Task<bool> TryTakeOverAsync(IdempotencyKey key, DateTimeOffset now, DateTimeOffset runningUntil, CancellationToken cancellationToken) => await WriteAsync(
        Write,
        $"UPDATE idempotency_keys SET running_until = @until WHERE {ByKey} AND status IS NULL AND running_until <= @now",
        key,
        cancellationToken,
        ("@until", Columns.Ticks(runningUntil)),
        ("@now", Columns.Ticks(now))) == 1;

    public Task AnswerAsync(IdempotencyKey key, IdempotentAnswer answer, CancellationToken cancellationToken) => WriteAsync(
        Write,
        $"UPDATE idempotency_keys SET status = @status, location = @location, body = @body, about_id = @about WHERE {ByKey}",
        key,
        cancellationToken,
        ("@status", (long)answer.Status),
        ("@location", answer.Location),
        ("@body", answer.Body.ToArray()),
        ("@about", answer.About?.ToString()));

    /// <summary>Nobody runs it any more.</summary>
    public Task ReleaseAsync(IdempotencyKey key, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        Write,
        $"UPDATE idempotency_keys SET running_until = @now WHERE {ByKey} AND status IS NULL",
        key,
        cancellationToken,
        ("@now", Columns.Ticks(now)));

    /// <summary>Removes an unanswered key; false when there is none.</summary>
    public async Task<bool> RemoveAsync(IdempotencyKey key, CancellationToken cancellationToken) =>
        await WriteAsync(Remove, $"DELETE FROM idempotency_keys WHERE {ByKey} AND status IS NULL", key, cancellationToken) == 1;

    /// <summary>Answers to the user's calls, and answers to others about the creation of the user.</summary>
    public Task RemoveOfUserAsync(UserId user, CancellationToken cancellationToken) => database.WriteAsync(
        Remove,
        new Statement("DELETE FROM idempotency_keys WHERE user_id = @user OR location LIKE @made", ("@user", user.ToString()), ("@made", $"%/users/{user}")),
        cancellationToken);

    public Task RemoveExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, ExpiringRows.Removal(Table, Retention, now), Durability.Durable, cancellationToken);

    private static Statement OfTenant(string what, TenantId tenant, DateTimeOffset now) => new(
        $"SELECT {what} FROM idempotency_keys WHERE tenant_id = @tenant AND expires_at > @now", ("@tenant", tenant.ToString()), ("@now", Columns.Ticks(now)));

    private Task<int> WriteAsync(
        Operation operation, string sql, IdempotencyKey key, CancellationToken cancellationToken, params (string Name, object? Value)[] more) =>
        database.WriteAsync(operation, new Statement(sql, [.. Parameters(key), .. more]), cancellationToken);

    private static (string Name, object? Value)[] Parameters(IdempotencyKey key) =>
        [("@tenant", key.TenantId.ToString()), ("@user", key.UserId.ToString()), ("@key", key.Key)];
}
