using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Snippets;

namespace Platform.Internal;

/// <summary>A tenant's snippets as its grain knows them (key: <see cref="TenantId"/>): it lists and publishes them, and says how many there may be. Called by their grains.</summary>
[Alias("platform.ITenantSnippetsGrain")]
internal interface ITenantSnippetsGrain : IGrainWithStringKey
{
    /// <summary>
    /// The snippet as it is from now on. Durable, and in the memory of every process, when this returns; the same again changes nothing. Refusals: <see cref="Refusal.NotFound"/> where there
    /// is no such tenant, <see cref="Refusal.TooManySnippets"/>, <see cref="Refusal.MultiDomainRequired"/> where the tenant would have a domain more than its features allow.
    /// </summary>
    [Alias("Set")]
    Task<Outcome> SetAsync(SnippetPublication snippet, CancellationToken cancellationToken);

    /// <summary>Its sessions are refused everywhere when this returns.</summary>
    [Alias("Remove")]
    Task RemoveAsync(SnippetId snippet, CancellationToken cancellationToken);

    /// <summary>The primary one first, then as they were made.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<ImmutableArray<SnippetId>> ListAsync(CancellationToken cancellationToken);
}
