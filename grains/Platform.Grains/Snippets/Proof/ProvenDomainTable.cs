using Platform.Clocks;
using Platform.Storage;

namespace Platform.Snippets;

/// <summary>A verified domain of a snippet.</summary>
internal readonly record struct ProvenDomain(SnippetId Snippet, string Domain);

/// <summary>
/// Table of verified domains, with the time at which the next check of the proof is due. The snippet's grain writes a row before it commits a proof and removes it after it gave the domain up:
/// so there may be a row without a proof, never a proof without a row.
/// </summary>
internal sealed class ProvenDomainTable(IDatabase database)
{
    /// <summary>Nothing is saved for later than this; what is, was saved by a clock that was ahead, and is due.</summary>
    public static readonly TimeSpan LongestPause = DomainProofRules.LongestPause;

    private const string Table = "proven_domains";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Clear = new("clear", Table);

    /// <summary>
    /// Inserts the row, or sets another time for the next check. A row that is due at <paramref name="now"/> stays so: another tenant may have proven the domain while this one's proof was checked
    /// (<see cref="CheckElsewhereAsync"/>), and what was found says nothing of the time since.
    /// </summary>
    public Task SaveAsync(ProvenDomain domain, TenantId tenant, DateTimeOffset checkAt, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            """
            INSERT INTO proven_domains (snippet_id, domain, tenant_id, check_at) VALUES (@snippet, @domain, @tenant, @check)
            ON CONFLICT (snippet_id, domain) DO UPDATE SET check_at = excluded.check_at WHERE proven_domains.check_at > @now
            """,
            ("@snippet", domain.Snippet.ToString()),
            ("@domain", domain.Domain),
            ("@tenant", tenant.ToString()),
            ("@check", Columns.Ticks(checkAt)),
            ("@now", Columns.Ticks(now))),
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

    /// <summary>
    /// Up to <paramref name="limit"/> that are due at <paramref name="now"/>, the longest waiting first. Each is given to one caller only, and is due again at
    /// <paramref name="again"/> unless it is saved before.
    /// </summary>
    public async Task<IReadOnlyList<ProvenDomain>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int limit, CancellationToken cancellationToken)
    {
        var due = await database.ReadAsync(
            Query,
            new Statement(
                "SELECT snippet_id, domain, check_at FROM proven_domains WHERE check_at <= @now OR check_at > @ahead ORDER BY check_at, snippet_id, domain LIMIT @limit",
                ("@now", Columns.Ticks(now)),
                ("@ahead", Columns.Ticks(now + LongestPause + StoredTime.Allowance)),
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

    /// <summary>Whether another tenant than <paramref name="tenant"/> has proven the domain.</summary>
    public async Task<bool> IsProvenElsewhereAsync(TenantId tenant, string domain, CancellationToken cancellationToken) => (await database.ReadAsync(
        Query,
        new Statement("SELECT 1 FROM proven_domains WHERE domain = @domain AND tenant_id <> @tenant LIMIT 1", ("@domain", domain), ("@tenant", tenant.ToString())),
        _ => true,
        cancellationToken)).Count > 0;

    /// <summary>The same domain of all other tenants is due at <paramref name="now"/>.</summary>
    public Task CheckElsewhereAsync(TenantId tenant, string domain, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            "UPDATE proven_domains SET check_at = @now WHERE domain = @domain AND tenant_id <> @tenant",
            ("@now", Columns.Ticks(now)),
            ("@domain", domain),
            ("@tenant", tenant.ToString())),
        cancellationToken);

    /// <summary>All proofs are looked for again as soon as there is time: after a restore nobody knows which of them are still there.</summary>
    public Task CheckAllAsync(DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        Write, new Statement("UPDATE proven_domains SET check_at = @now WHERE check_at > @now", ("@now", Columns.Ticks(now))), cancellationToken);
}
