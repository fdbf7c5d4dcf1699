using Platform.Storage;

namespace Platform.Testing.Silos;

/// <summary>Keys that a tenant has used, for tests that are about how many there are.</summary>
internal static class IdempotencyRows
{
    private static readonly Operation Write = new("write", "idempotency_keys");
    private static readonly Operation Query = new("query", "idempotency_keys");

    /// <summary>Answered ones of a user whom nobody knows.</summary>
    /// <param name="tenant">Whose they are.</param>
    /// <param name="count">How many.</param>
    /// <param name="firstExpiry">Of the first one; each further one expires a tick later.</param>
    public static Task FillAsync(this IDatabase database, TenantId tenant, long count, DateTimeOffset firstExpiry) => database.WriteAsync(
        Write,
        [
            new Statement(
                """
                INSERT INTO idempotency_keys (tenant_id, user_id, idempotency_key, request_hash, operation_id, running_until, expires_at, status, body)
                WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < @count)
                SELECT @tenant, 'somebody', @prefix || i, @bytes, 'operation', 0, @expires + i, 201, @bytes FROM numbers
                """,
                ("@tenant", tenant.ToString()),
                ("@prefix", $"key of {firstExpiry.UtcTicks} "),
                ("@bytes", new byte[32]),
                ("@count", count),
                ("@expires", Columns.Ticks(firstExpiry))),
        ],
        Durability.Durable,
        default);

    /// <summary>All of the tenant, expired ones too.</summary>
    public static async Task<long> CountKeysAsync(this IDatabase database, TenantId tenant) => (await database.ReadAsync(
        Query, new Statement("SELECT COUNT(*) FROM idempotency_keys WHERE tenant_id = @tenant", ("@tenant", tenant.ToString())), row => row.GetInt64(0), default))[0];
}
