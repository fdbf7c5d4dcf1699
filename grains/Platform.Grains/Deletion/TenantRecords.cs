using System.Collections.Immutable;
using Platform.Storage;

namespace Platform.Deletion;

/// <summary>A user of a tenant, by what its name was claimed with.</summary>
internal readonly record struct NamedUser(UserId Id, string BlindIndex);

/// <summary>What lies in tables of others about one tenant: counted, listed and removed in steps. Every statement finds its rows by an index, so that other tenants notice nothing.</summary>
internal sealed class TenantRecords(IDatabase database)
{
    /// <summary>Rows of one step.</summary>
    public const int StepSize = 200;

    private static readonly Operation Query = new("query", "tenants");

    /// <summary>Rows that are nobody's state; those of users, sessions and scenarios go with these.</summary>
    private static readonly (string Table, string Key)[] Rows =
    [
        ("api_keys", "id"),
        ("support_grants", "id"),
        ("proven_domains", "snippet_id, domain"),
        ("idempotency_keys", "tenant_id, user_id, idempotency_key"),
        ("erasures", "id"),
        ("former_users", "user_id"),
    ];

    public async Task<ImmutableSortedDictionary<string, long>> CountAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var counts = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var table in (string[])["users", "sessions", "scenarios", "api_keys", "support_grants", "proven_domains", "erasures"])
        {
            counts[table] = (await database.ReadAsync(
                Query, new Statement($"SELECT COUNT(*) FROM {table} WHERE tenant_id = @tenant", ("@tenant", tenant.ToString())), row => row.GetInt64(0), cancellationToken))[0];
        }

        return counts.ToImmutable();
    }

    /// <summary>By id, after <paramref name="after"/>: users that are there, and those that were deleted or erased before.</summary>
    public async Task<IReadOnlyList<string>> ListSubjectsAsync(TenantId tenant, string after, CancellationToken cancellationToken) => await database.ReadAsync(
        Query,
        new Statement(
            """
            SELECT id FROM (
                SELECT id FROM (SELECT id FROM users WHERE tenant_id = @tenant AND id > @after ORDER BY id LIMIT @limit) AS present
                UNION SELECT id FROM (SELECT user_id AS id FROM former_users WHERE tenant_id = @tenant AND user_id > @after ORDER BY user_id LIMIT @limit) AS former) AS subjects
            ORDER BY id LIMIT @limit
            """,
            ("@tenant", tenant.ToString()),
            ("@after", after),
            ("@limit", (long)StepSize)),
        row => row.GetString(0),
        cancellationToken);

    public async Task<IReadOnlyList<NamedUser>> ListUsersAsync(TenantId tenant, CancellationToken cancellationToken) => await database.ReadAsync(
        Query,
        Some("SELECT id, username_blind_index FROM users WHERE tenant_id = @tenant ORDER BY id LIMIT @limit", tenant),
        row => new NamedUser(row.Id<UserId>(0), row.GetString(1)),
        cancellationToken);

    public async Task<IReadOnlyList<SessionId>> ListSessionsAsync(TenantId tenant, CancellationToken cancellationToken) => await database.ReadAsync(
        Query, Some("SELECT id FROM sessions WHERE tenant_id = @tenant LIMIT @limit", tenant), row => row.Id<SessionId>(0), cancellationToken);

    public async Task<IReadOnlyList<ScenarioId>> ListScenariosAsync(TenantId tenant, CancellationToken cancellationToken) => await database.ReadAsync(
        Query, Some("SELECT id FROM scenarios WHERE tenant_id = @tenant ORDER BY id LIMIT @limit", tenant), row => row.Id<ScenarioId>(0), cancellationToken);

    /// <summary>With the messages that wait for them or tell of them.</summary>
    public async Task RemoveUsersAsync(IReadOnlyList<NamedUser> users, CancellationToken cancellationToken)
    {
        var (names, parameters) = Parameters(users.Select(user => user.Id.ToString()));
        await database.WriteAsync(
            Clear("users"),
            [
                new Statement($"DELETE FROM notification_outbox WHERE subject_id IN ({names}) OR about_id IN ({names})", parameters),
                new Statement($"DELETE FROM users WHERE id IN ({names})", parameters),
            ],
            Durability.Durable,
            cancellationToken);
    }

    public async Task RemoveSessionsAsync(IReadOnlyList<SessionId> sessions, CancellationToken cancellationToken)
    {
        var (names, parameters) = Parameters(sessions.Select(id => id.ToString()));
        await database.WriteAsync(Clear("sessions"), new Statement($"DELETE FROM sessions WHERE id IN ({names})", parameters), cancellationToken);
    }

    /// <summary>What is left of scenarios whose state went before.</summary>
    public async Task RemoveScenariosAsync(IReadOnlyList<ScenarioId> scenarios, CancellationToken cancellationToken)
    {
        var (names, parameters) = Parameters(scenarios.Select(id => id.ToString()));
        await database.WriteAsync(
            Clear("scenarios"),
            [
                new Statement($"DELETE FROM scenarios WHERE id IN ({names})", parameters),
                new Statement($"DELETE FROM scenario_history WHERE scenario_id IN ({names})", parameters),
            ],
            Durability.Durable,
            cancellationToken);
    }

    /// <summary>All rows that are nobody's state.</summary>
    public async Task RemoveRestAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        foreach (var (table, key) in Rows)
        {
            var step = Some($"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE tenant_id = @tenant LIMIT @limit)", tenant);
            while (await database.WriteAsync(Clear(table), step, cancellationToken) == StepSize)
            {
                // As many again.
            }
        }
    }

    /// <summary>Guesses at names of the tenant, of users that there were and of others. The keys begin with the tenant, and '0' follows '/'.</summary>
    public Task RemoveThrottlesAsync(TenantId tenant, CancellationToken cancellationToken) => database.WriteAsync(
        Clear("sign_in_throttles"),
        new Statement("DELETE FROM sign_in_throttles WHERE throttle_key >= @first AND throttle_key < @end", ("@first", $"grd_{tenant}/"), ("@end", $"grd_{tenant}0")),
        cancellationToken);

    public Task ScrubAsync(CancellationToken cancellationToken) => database.ScrubAsync(cancellationToken);

    private static Operation Clear(string table) => new("clear", table);

    private static Statement Some(string sql, TenantId tenant) => new(sql, ("@tenant", tenant.ToString()), ("@limit", (long)StepSize));

    private static (string Names, (string, object?)[] Parameters) Parameters(IEnumerable<string> ids)
    {
        (string Name, object? Value)[] parameters = [.. ids.Select((id, i) => ($"@i{i}", (object?)id))];
        return (string.Join(", ", parameters.Select(parameter => parameter.Name)), parameters);
    }
}
