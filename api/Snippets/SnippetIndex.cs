using Microsoft.Extensions.Caching.Memory;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Api.Snippets;

/// <summary>
/// The snippets that pages name. Where the tenant is in this process, it is the tenant's own record, and exact. Where it is not, the snippet's grain is asked and its answer kept for some
/// seconds: it decides whose pages can read refusals (CORS), and never whether a session is accepted.
/// </summary>
/// <remarks>At most 10,000 answers are kept. That there is no such snippet is an answer too, so that made-up ones are not asked for again and again.</remarks>
internal sealed class SnippetIndex(LiveTenants tenants, IGrainFactory grains) : IDisposable
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <summary>Without a call. False: it has to be asked for. True with null: there is none.</summary>
    public bool TryGet(SnippetId id, out PublishedSnippet? snippet) => tenants.TryGetSnippet(id, out snippet) || _answers.TryGetValue(id, out snippet);

    public async ValueTask<PublishedSnippet?> FindAsync(SnippetId id, CancellationToken cancellationToken)
    {
        if (TryGet(id, out var known)) return known;
        var found = await grains.Snippet(id).FindAsync(cancellationToken) is { } lookup ? new PublishedSnippet(lookup.TenantId, lookup.Publication) : null;
        return _answers.Set(id, found, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = KeptFor });
    }

    public void Dispose() => _answers.Dispose();
}
