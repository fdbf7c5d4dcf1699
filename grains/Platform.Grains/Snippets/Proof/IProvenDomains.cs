namespace Platform.Snippets;

/// <summary>A verified domain of a snippet.</summary>
public readonly record struct ProvenDomain(SnippetId Snippet, string Domain);

/// <summary>
/// Table of domains whose proof is to be looked for again. The snippet's grain writes a row before it commits a proof and removes it after it gave the domain up:
/// so there may be a row without a proof, never a proof without a row.
/// </summary>
public interface IProvenDomains
{
    /// <summary>Nothing is saved for later than this; what is, was saved by a clock that was ahead, and is due.</summary>
    static readonly TimeSpan LongestPause = DomainProofRules.LongestPause;

    /// <summary>Insert, or another time for the next look.</summary>
    Task SaveAsync(ProvenDomain domain, TenantId tenant, DateTimeOffset checkAt, CancellationToken cancellationToken);

    Task RemoveAsync(SnippetId snippet, IReadOnlyList<string> domains, CancellationToken cancellationToken);

    /// <summary>
    /// Up to <paramref name="limit"/> that are due at <paramref name="now"/>, the longest waiting first. Each is given to one caller only, and is due again at
    /// <paramref name="again"/> unless it is saved before.
    /// </summary>
    Task<IReadOnlyList<ProvenDomain>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int limit, CancellationToken cancellationToken);

    /// <summary>Whether another tenant than <paramref name="tenant"/> has proven the domain.</summary>
    Task<bool> IsProvenElsewhereAsync(TenantId tenant, string domain, CancellationToken cancellationToken);

    /// <summary>The same domain of all other tenants is due at <paramref name="now"/>.</summary>
    Task CheckElsewhereAsync(TenantId tenant, string domain, DateTimeOffset now, CancellationToken cancellationToken);
}
