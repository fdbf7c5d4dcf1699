using System.Collections.Immutable;
using Platform.Internal;
using Platform.Snippets;

namespace Platform.Tenants;

public sealed partial class TenantGrain
{
    private const int MaxSnippets = 20;

    async Task<Outcome> ITenantSnippetsGrain.SetAsync(SnippetPublication snippet, CancellationToken cancellationToken)
    {
        if (state.Value is not { } tenant) return Refusal.NotFound;
        var known = SnippetsOf(tenant);
        var before = known.FirstOrDefault(other => other.Id == snippet.Id);
        if (before?.IsSameAs(snippet) == true) return Outcome.Done;
        if (before is null && known.Length >= MaxSnippets) return Refusal.TooManySnippets;
        var next = before is null ? known.Add(snippet) : known.Replace(before, snippet);
        if (!tenant.Features.MultiDomain && CountDomains(next) > Math.Max(1, CountDomains(known))) return Refusal.MultiDomainRequired;
        await SaveAsync(tenant with { Snippets = next }, cancellationToken);
        return Outcome.Done;
    }

    async Task ITenantSnippetsGrain.RemoveAsync(SnippetId snippet, CancellationToken cancellationToken)
    {
        if (state.Value is not { } tenant || SnippetsOf(tenant).FirstOrDefault(other => other.Id == snippet) is not { } removed) return;
        await SaveAsync(tenant with { Snippets = SnippetsOf(tenant).Remove(removed) }, cancellationToken);
    }

    Task<ImmutableArray<SnippetId>> ITenantSnippetsGrain.ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<SnippetId>>(state.Value is { } tenant ? [.. SnippetsOf(tenant).Select(snippet => snippet.Id)] : []);

    /// <summary>Tenants that were made before have a primary one that has published nothing yet.</summary>
    private static ImmutableArray<SnippetPublication> SnippetsOf(StoredTenant tenant) =>
        tenant.Snippets.IsEmpty ? [new SnippetPublication { Id = tenant.PrimarySnippet, Domains = [] }] : tenant.Snippets;

    private static int CountDomains(ImmutableArray<SnippetPublication> snippets) =>
        snippets.SelectMany(snippet => snippet.Domains).Select(domain => domain.Name).Distinct(StringComparer.Ordinal).Count();
}
