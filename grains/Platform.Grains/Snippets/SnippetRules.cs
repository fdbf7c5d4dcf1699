using System.Collections.Immutable;
using Platform.Text;

namespace Platform.Snippets;

/// <summary>What a snippet may be, who may ask, and what it shows. Pure: nothing counts before it is written.</summary>
internal static class SnippetRules
{
    /// <summary>Pages that name an older version by its hash do not get it any more.</summary>
    private const int KeptVersions = 20;

    public static InputError? NameFault(string name) =>
        Names.IsVisible(name) ? null : new InputError("/name", "invalid_name", $"Use 1 to {Names.MaxLength} visible characters.");

    /// <summary>Absent and foreign are one answer.</summary>
    public static Refusal Refuse(StoredSnippet? snippet, Actor actor, Permissions needed)
    {
        if (snippet is null || snippet.TenantId != actor.TenantId) return Refusal.NotFound;
        return actor.Holds(needed) ? Refusal.None : Refusal.Forbidden;
    }

    /// <summary>The same value where nothing changes.</summary>
    public static Outcome<StoredSnippet> Change(StoredSnippet snippet, SnippetChange change)
    {
        var next = snippet with
        {
            Name = change.Name ?? snippet.Name,
            Settings = new SnippetSettings
            {
                WarnBefore = change.WarnBefore ?? snippet.Settings.WarnBefore,
                TouchEvery = change.TouchEvery ?? snippet.Settings.TouchEvery,
            },
        };
        InputError?[] faults = [NameFault(next.Name), .. next.Settings.Check()];
        if (faults.OfType<InputError>().ToArray() is { Length: > 0 } found) return InputErrors.Of(found);
        return next == snippet ? snippet : next;
    }

    public static SnippetVersion? PublishedOf(StoredSnippet snippet) => snippet.Versions.FirstOrDefault(version => version.Number == snippet.Published);

    /// <summary>The published version stays, however old it is.</summary>
    public static (StoredSnippet Kept, ImmutableArray<SnippetVersion> Dropped) Prune(StoredSnippet snippet)
    {
        var surplus = snippet.Versions.Length - KeptVersions;
        if (surplus <= 0) return (snippet, []);
        ImmutableArray<SnippetVersion> dropped = [.. snippet.Versions.Where(version => version.Number != snippet.Published).Take(surplus)];
        return (snippet with { Versions = snippet.Versions.RemoveRange(dropped) }, dropped);
    }

    public static StoredDomain? Find(StoredSnippet snippet, string name) => snippet.Domains.FirstOrDefault(known => known.Name == name);

    /// <summary>The domain and its wildcard, which is proven by it.</summary>
    public static ImmutableArray<StoredDomain> WithWildcard(StoredSnippet snippet, string name) =>
        [.. snippet.Domains.Where(known => known.Name == name || known.Name == DomainNames.WildcardBelow(name))];

    public static SnippetPublication PublicationOf(SnippetId id, StoredSnippet snippet) => new()
    {
        Id = id,
        Domains = [.. snippet.Domains.Select(domain => new SnippetDomain(domain.Name, domain.VerifiedAt is not null, domain.AddedAt))],
        Script = PublishedOf(snippet)?.Script,
    };

    public static SnippetView ViewOf(SnippetId id, StoredSnippet snippet) => new()
    {
        Id = id,
        TenantId = snippet.TenantId,
        Name = snippet.Name,
        CreatedAt = snippet.CreatedAt,
        IsPrimary = snippet.IsPrimary,
        Domains =
        [
            .. snippet.Domains.Select(domain => new SnippetDomainView
            {
                Name = domain.Name,
                Verified = domain.VerifiedAt is not null,
                Challenge = domain.Challenge,
                AddedAt = domain.AddedAt,
                VerifiedAt = domain.VerifiedAt,
                ProofLostAt = domain.ProofLostAt,
                StopsAt = DomainProofRules.StopsAt(domain),
            }),
        ],
        Settings = snippet.Settings,
        Published = PublishedOf(snippet)!,
        Versions = snippet.Versions,
    };
}
