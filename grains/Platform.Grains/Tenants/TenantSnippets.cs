using System.Collections.Immutable;
using Platform.Snippets;

namespace Platform.Tenants;

/// <summary>A tenant's snippets as their grains published them: how many there may be, and of how many domains. Pure.</summary>
internal static class TenantSnippets
{
    private const int MaxSnippets = 20;

    /// <summary>The same value where nothing changes.</summary>
    public static Outcome<StoredTenant> With(StoredTenant tenant, SnippetPublication snippet)
    {
        var known = Of(tenant);
        var before = known.FirstOrDefault(other => other.Id == snippet.Id);
        if (before?.IsSameAs(snippet) == true) return tenant;
        if (before is null && known.Length >= MaxSnippets) return Refusal.TooManySnippets;
        var next = before is null ? known.Add(snippet) : known.Replace(before, snippet);
        if (!tenant.Features.MultiDomain && CountDomains(next) > Math.Max(1, CountDomains(known))) return Refusal.MultiDomainRequired;
        return tenant with { Snippets = next };
    }

    /// <summary>The same value where there is none such.</summary>
    public static StoredTenant Without(StoredTenant tenant, SnippetId snippet)
    {
        var known = Of(tenant);
        return known.FirstOrDefault(other => other.Id == snippet) is { } removed ? tenant with { Snippets = known.Remove(removed) } : tenant;
    }

    /// <summary>Tenants that were made before have a primary one that has published nothing yet.</summary>
    public static ImmutableArray<SnippetPublication> Of(StoredTenant tenant) =>
        tenant.Snippets.IsEmpty ? [new SnippetPublication { Id = tenant.PrimarySnippet, Domains = [] }] : tenant.Snippets;

    private static int CountDomains(ImmutableArray<SnippetPublication> snippets) =>
        snippets.SelectMany(snippet => snippet.Domains).Select(domain => domain.Name).Distinct(StringComparer.Ordinal).Count();
}
