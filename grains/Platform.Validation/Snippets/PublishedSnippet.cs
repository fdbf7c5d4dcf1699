using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Platform.Snippets;

/// <summary>One snippet in the memory of a process: from which origins it works, and which script is published. Finding an origin costs no lock and no call.</summary>
public sealed class PublishedSnippet
{
    private const string Scheme = "https://";

    /// <summary>Longest that a host with a port can be (RFC 1035: 253 characters), and the scheme before it.</summary>
    private const int MaxOriginLength = 270;

    private readonly FrozenDictionary<string, PageOrigin> _origins;
    private readonly FrozenDictionary<string, PageOrigin>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly bool _anyWildcard;

    /// <param name="tenant">Whose it is.</param>
    /// <param name="publication">Pending domains are left out.</param>
    public PublishedSnippet(TenantId tenant, SnippetPublication publication)
    {
        (TenantId, Publication) = (tenant, publication);
        var domains = publication.Domains.Where(domain => domain.Verified).Select(domain => domain.Name).Distinct(StringComparer.Ordinal);
        _origins = domains.ToFrozenDictionary(domain => Scheme + domain, domain => new PageOrigin(Id, Scheme + domain), StringComparer.Ordinal);
        _bySpan = _origins.GetAlternateLookup<ReadOnlySpan<char>>();
        _anyWildcard = publication.Domains.Any(domain => domain.Verified && DomainNames.IsWildcard(domain.Name));
    }

    /// <summary>Those of one tenant. Without the feature for several domains only the one works that was added first, in whichever snippet.</summary>
    internal static FrozenDictionary<SnippetId, PublishedSnippet> InForce(TenantId tenant, ImmutableArray<SnippetPublication> snippets, bool multiDomain)
    {
        if (snippets.IsEmpty) return FrozenDictionary<SnippetId, PublishedSnippet>.Empty;
        var first = multiDomain ? null : snippets.SelectMany(snippet => snippet.Domains).MinBy(domain => (domain.AddedAt, domain.Name))?.Name;
        return snippets.ToFrozenDictionary(
            snippet => snippet.Id,
            snippet => new PublishedSnippet(tenant, multiDomain ? snippet : snippet with { Domains = [.. snippet.Domains.Where(domain => domain.Name == first)] }));
    }

    public TenantId TenantId { get; }

    /// <summary>As its grain published it.</summary>
    public SnippetPublication Publication { get; }

    public SnippetId Id => Publication.Id;

    /// <inheritdoc cref="SnippetPublication.Script"/>
    public string? Script => Publication.Script;

    /// <summary>
    /// Exactly as the browser wrote it: <c>null</c>, another scheme, port or case, a trailing dot or user information is another text, and so no origin of ours (threat T54).
    /// A wildcard stands for one label.
    /// </summary>
    public bool TryFind(string? origin, [NotNullWhen(true)] out PageOrigin? page)
    {
        page = null;
        if (origin is null || origin.Length > MaxOriginLength) return false;

        // A key with the wildcard itself is no origin that a browser can be at.
        if (_origins.TryGetValue(origin, out page) && !origin.Contains('*', StringComparison.Ordinal)) return true;
        page = null;
        return _anyWildcard && TryFindWildcard(origin, out page);
    }

    /// <summary>Whether a session that was opened from there still may be used from there.</summary>
    public bool Allows(PageOrigin page) => TryFind(page.Origin, out _);

    private bool TryFindWildcard(string origin, [NotNullWhen(true)] out PageOrigin? page)
    {
        page = null;
        if (!origin.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        var host = origin.AsSpan(Scheme.Length);
        var dot = host.IndexOf('.');
        if (dot < 1 || host[..dot].ContainsAnyExcept(DomainNames.LabelCharacters)) return false;
        Span<char> wildcard = stackalloc char[Scheme.Length + 1 + host.Length - dot];
        Scheme.CopyTo(wildcard);
        wildcard[Scheme.Length] = '*';
        host[dot..].CopyTo(wildcard[(Scheme.Length + 1)..]);
        if (!_bySpan.ContainsKey(wildcard)) return false;
        page = new PageOrigin(Id, origin);
        return true;
    }
}
