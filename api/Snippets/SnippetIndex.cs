using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Api.Snippets;

/// <summary>
/// The snippets that pages name. Where the tenant is in this process, it is the tenant's own record, and exact. Where it is not, the snippet's grain is asked and its answer kept for some
/// seconds: it decides who is told of refusals (CORS), and never whether a session is accepted.
/// </summary>
/// <remarks>Bounded: two generations of 10,000 answers. That there is no such snippet is an answer too, so that made-up ones are not asked for again and again.</remarks>
internal sealed class SnippetIndex(LiveTenants tenants, IGrainFactory grains, TimeProvider time)
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    private ConcurrentDictionary<SnippetId, Answer> _young = new();
    private ConcurrentDictionary<SnippetId, Answer> _old = new();

    /// <summary>Without a call. False: it has to be asked for. True with null: there is none.</summary>
    public bool TryGet(SnippetId id, out PublishedSnippet? snippet)
    {
        if (tenants.TryGetSnippet(id, out snippet)) return true;
        if ((!_young.TryGetValue(id, out var answer) && !_old.TryGetValue(id, out answer)) || time.GetUtcNow() - answer.At >= KeptFor || time.GetUtcNow() < answer.At) return false;
        snippet = answer.Snippet;
        return true;
    }

    public async ValueTask<PublishedSnippet?> FindAsync(SnippetId id, CancellationToken cancellationToken)
    {
        if (TryGet(id, out var known)) return known;
        var at = time.GetUtcNow();
        var found = await grains.Snippet(id).FindAsync(cancellationToken) is { } lookup ? new PublishedSnippet(lookup.TenantId, lookup.Publication) : null;
        var young = _young;
        young[id] = new Answer(found, at);
        if (young.Count > Capacity && Interlocked.CompareExchange(ref _young, new(), young) == young) _old = young;
        return found;
    }

    private sealed record Answer(PublishedSnippet? Snippet, DateTimeOffset At);
}
