using Platform.Snippets;
using static Platform.Permissions;

namespace Platform.Grains.Tests.Snippets;

public sealed class SnippetRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TenantId Tenant = PrefixedId.New<TenantId>(TimeProvider.System);
    private static readonly StoredSnippet Snippet = new() { TenantId = Tenant, Name = "one", CreatedAt = Now };

    /// <summary>Whether there is one, whether it is the actor's tenant's, what the actor holds, what is needed, the refusal.</summary>
    [Theory]
    [InlineData(true, true, Read, Read, Refusal.None)]
    [InlineData(true, true, Read, Edit, Refusal.Forbidden)]
    [InlineData(true, false, Owner, Read, Refusal.NotFound)]
    [InlineData(false, true, Owner, Read, Refusal.NotFound)]
    public void Refuse_Table(bool exists, bool home, Permissions held, Permissions needed, Refusal expected)
    {
        var actor = new Actor
        {
            TenantId = home ? Tenant : PrefixedId.New<TenantId>(TimeProvider.System),
            UserId = PrefixedId.New<UserId>(TimeProvider.System),
            SessionId = PrefixedId.New<SessionId>(TimeProvider.System),
            Permissions = held,
        };
        SnippetRules.Refuse(exists ? Snippet : null, actor, needed).ShouldBe(expected);
    }

    [Fact]
    public void Change_OfNothing_IsTheSameValue() => SnippetRules.Change(Snippet, new SnippetChange { Name = Snippet.Name }).Value.ShouldBeSameAs(Snippet);

    [Fact]
    public void Change_ToAnInvisibleName_IsRefused() => SnippetRules.Change(Snippet, new SnippetChange { Name = "\u200B" }).Refusal.ShouldBe(Refusal.InvalidRequest);

    [Fact]
    public void Prune_KeepsTheLatestAndThePublishedOne()
    {
        var snippet = Snippet with
        {
            Versions = [.. Enumerable.Range(1, 25).Select(number => new SnippetVersion(number, $"{number}", Now, new SnippetSettings()))],
            Published = 2,
        };
        var (kept, dropped) = SnippetRules.Prune(snippet);
        kept.Versions.Select(version => version.Number).ShouldBe([2, .. Enumerable.Range(7, 19)]);
        dropped.Select(version => version.Number).ShouldBe([1, 3, 4, 5, 6]);
        SnippetRules.PublishedOf(kept)!.Number.ShouldBe(2);
    }

    [Fact]
    public void Prune_FewVersions_DropsNone()
    {
        var snippet = Snippet with { Versions = [new SnippetVersion(1, "1", Now, new SnippetSettings())], Published = 1 };
        SnippetRules.Prune(snippet).ShouldBe((snippet, []));
    }

    [Fact]
    public void WithWildcard_OfADomain_TakesItsWildcardAlong()
    {
        StoredDomain[] domains = [.. new[] { "a.example", "*.a.example", "b.example" }.Select(name => new StoredDomain { Name = name, Challenge = "c", AddedAt = Now })];
        SnippetRules.WithWildcard(Snippet with { Domains = [.. domains] }, "a.example").ShouldBe([domains[0], domains[1]]);
    }
}
