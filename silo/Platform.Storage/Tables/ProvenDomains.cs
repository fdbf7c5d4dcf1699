using Platform.Snippets;

namespace Platform.Storage.Tables;

internal sealed class ProvenDomains(IDatabase database) : IProvenDomains
{
    private const string Table = "proven_domains";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Clear = new("clear", Table);

    public Task SaveAsync(ProvenDomain domain, TenantId tenant, DateTimeOffset checkAt, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            """
            INSERT INTO proven_domains (snippet_id, domain, tenant_id, check_at) VALUES (@snippet, @domain, @tenant, @check)
            ON CONFLICT (snippet_id, domain) DO UPDATE SET check_at = excluded.check_at
            """,
            ("@snippet", domain.Snippet.ToString()),
            ("@domain", domain.Domain),
            ("@tenant", tenant.ToString()),
            ("@check", Columns.Ticks(checkAt))),
        cancellationToken);

    public async Task RemoveAsync(SnippetId snippet, IReadOnlyList<string> domains, CancellationToken cancellationToken)
    {
        if (domains.Count == 0) return;
        await database.WriteAsync(
            Clear,
            [.. domains.Select(domain => new Statement(
                "DELETE FROM proven_domains WHERE snippet_id = @snippet AND domain = @domain", ("@snippet", snippet.ToString()), ("@domain", domain)))],
            Durability.Durable,
            cancellationToken);
    }

    public async Task<IReadOnlyList<ProvenDomain>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int limit, CancellationToken cancellationToken)
    {
        var due = await database.ReadAsync(
            Query,
            new Statement(
                "SELECT snippet_id, domain, check_at FROM proven_domains WHERE check_at <= @now OR check_at > @ahead ORDER BY check_at, snippet_id, domain LIMIT @limit",
                ("@now", Columns.Ticks(now)),
                ("@ahead", Columns.Ticks(now + IProvenDomains.LongestPause + StoredTime.Allowance)),
                ("@limit", (long)limit)),
            row => (Domain: new ProvenDomain(row.Id<SnippetId>(0), row.GetString(1)), CheckAt: row.GetInt64(2)),
            cancellationToken);
        var taken = await database.ClaimAsync(
            Write,
            due,
            row => new Statement(
                "UPDATE proven_domains SET check_at = @again WHERE snippet_id = @snippet AND domain = @domain AND check_at = @check",
                ("@again", Columns.Ticks(again)),
                ("@snippet", row.Domain.Snippet.ToString()),
                ("@domain", row.Domain.Domain),
                ("@check", row.CheckAt)),
            cancellationToken);
        return [.. taken.Select(row => row.Domain)];
    }

    public async Task<bool> IsProvenElsewhereAsync(TenantId tenant, string domain, CancellationToken cancellationToken) => (await database.ReadAsync(
        Query,
        new Statement("SELECT 1 FROM proven_domains WHERE domain = @domain AND tenant_id <> @tenant LIMIT 1", ("@domain", domain), ("@tenant", tenant.ToString())),
        _ => true,
        cancellationToken)).Count > 0;

    public Task CheckElsewhereAsync(TenantId tenant, string domain, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            "UPDATE proven_domains SET check_at = @now WHERE domain = @domain AND tenant_id <> @tenant",
            ("@now", Columns.Ticks(now)),
            ("@domain", domain),
            ("@tenant", tenant.ToString())),
        cancellationToken);
}
