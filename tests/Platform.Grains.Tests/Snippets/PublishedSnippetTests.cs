using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Grains.Tests.Snippets;

public sealed class PublishedSnippetTests
{
    private static readonly SnippetId Id = SnippetId.New();
    private static readonly DateTimeOffset Start = ManualTimeProvider.DefaultStart;

    [Theory, Trait("Threat", "T54")]
    [InlineData("https://example.com", true)]
    [InlineData("https://a.test:9444", true)]
    [InlineData("https://shop.example.org", true)]
    [InlineData("https://xn--mnchen-3ya.example.org", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("null", false)]
    [InlineData("http://example.com", false)]
    [InlineData("https://example.com/", false)]
    [InlineData("https://example.com.", false)]
    [InlineData("https://EXAMPLE.com", false)]
    [InlineData("HTTPS://example.com", false)]
    [InlineData("https://example.com:443", false)]
    [InlineData("https://example.com:8443", false)]
    [InlineData("https://www.example.com", false)]
    [InlineData("https://evil-example.com", false)]
    [InlineData("https://example.com.evil.com", false)]
    [InlineData("https://user@example.com", false)]
    [InlineData("https://pending.example.net", false)]
    [InlineData("https://a.test", false)]
    [InlineData("https://example.org", false)]
    [InlineData("https://*.example.org", false)]
    [InlineData("https://a.b.example.org", false)]
    [InlineData("https://.example.org", false)]
    [InlineData("https://SHOP.example.org", false)]
    [InlineData("https://shop.example.org:8443", false)]
    [InlineData("https://shop.example.org.", false)]
    [InlineData("http://shop.example.org", false)]
    [InlineData("https://user@shop.example.org", false)]
    [InlineData("https://evil.com/.example.org", false)]
    public void TryFind_ByteForByte_ProvenOriginsOnly(string? origin, bool expected)
    {
        var snippet = new PublishedSnippet(default, Publication(("example.com", true), ("a.test:9444", true), ("pending.example.net", false), ("*.example.org", true)));
        snippet.TryFind(origin, out var page).ShouldBe(expected);
        if (expected) page.ShouldBe(new PageOrigin(Id, origin!));
        else page.ShouldBeNull();
    }

    [Fact]
    public void TryFind_VeryLongOrigin_IsNone() =>
        new PublishedSnippet(default, Publication(("*.example.org", true))).TryFind("https://" + new string('a', 100_000) + ".example.org", out _).ShouldBeFalse();

    [Fact]
    public void LiveTenant_WithoutTheFeature_HasTheDomainThatWasAddedFirst()
    {
        var tenants = new LiveTenants();
        var tenant = tenants.Publish(default, Policy(1, multiDomain: true));
        Origins(tenant).ShouldBe(2);
        tenants.Publish(default, Policy(2, multiDomain: false));
        Origins(tenant).ShouldBe(1);
        tenant.AllowsFrom(new PageOrigin(Id, "https://first.example.com")).ShouldBeTrue();
        tenant.AllowsFrom(new PageOrigin(Id, "https://second.example.com")).ShouldBeFalse();
        tenant.AllowsFrom(new PageOrigin(SnippetId.New(), "https://first.example.com")).ShouldBeFalse();

        static int Origins(LiveTenant tenant) =>
            new[] { "https://first.example.com", "https://second.example.com" }.Count(origin => tenant.AllowsFrom(new PageOrigin(Id, origin)));
    }

    private static TenantPolicySnapshot Policy(int revision, bool multiDomain) => new()
    {
        Revision = revision,
        Policy = new Platform.Sessions.SessionPolicy(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)),
        Epoch = 0,
        IdleCutoff = default,
        AbsoluteCutoff = default,
        Roles = [],
        Snippets = [Publication(("first.example.com", true), ("second.example.com", true))],
        MultiDomain = multiDomain,
    };

    private static SnippetPublication Publication(params (string Name, bool Verified)[] domains) =>
        new() { Id = Id, Domains = [.. domains.Select((domain, i) => new SnippetDomain(domain.Name, domain.Verified, Start.AddMinutes(i)))] };
}
