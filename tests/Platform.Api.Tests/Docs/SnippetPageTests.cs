using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Docs;

/// <summary>What developers of pages read.</summary>
public sealed partial class SnippetPageTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const int Timeout = 1_000;

    [Fact]
    [Trait("Threat", "T61")]
    public async Task Page_HasNoScriptAndOneStyleSheetAllowedByHash()
    {
        var answer = (await host.SendAsync("GET", "/docs/snippet")).ShouldBe(HttpStatusCode.OK);

        answer.ContentType.ShouldBe("text/html");
        answer.Text.ShouldNotContain("<script", Case.Insensitive);
        var policy = answer.Header("Content-Security-Policy").ShouldNotBeNull();
        policy.ShouldStartWith("default-src 'none'; style-src 'sha256-");
        policy.ShouldNotContain("unsafe");
        var style = answer.Text.Split("<style>")[1].Split("</style>")[0];
        policy.ShouldContain(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style))));
        answer.Text.ShouldNotMatch("style=|onclick=|javascript:");
    }

    [Fact]
    public async Task Page_LinksAndPlaces_AreAllThere()
    {
        var page = (await host.SendAsync("GET", "/docs/snippet")).Text;

        page.ShouldNotMatch(@"\{\{");
        var anchors = Anchor().Matches(page).Select(match => match.Groups["name"].Value).ToArray();
        anchors.ShouldBeUnique();
        foreach (var link in Link().Matches(page).Select(match => match.Groups["name"].Value).Distinct())
        {
            if (link.StartsWith('#')) anchors.ShouldContain(link[1..]);
            else (await host.SendAsync("GET", link)).ShouldBe(HttpStatusCode.OK);
        }

        (await host.SendAsync("GET", "/docs")).Text.ShouldContain("href=\"/docs/snippet\"");
        page.ShouldContain($"script-src 'self' {host.Address.GetLeftPart(UriPartial.Authority)};", customMessage: "it speaks of the host that was asked");
        page.ShouldContain("./run --demo");
    }

    [Fact]
    public async Task Page_OfAStrangeHost_IsEncoded()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/docs/snippet");
        request.Headers.TryAddWithoutValidation("Host", "a'b");

        (await (await host.Client.SendAsync(request)).Content.ReadAsStringAsync()).ShouldNotContain("https://a'b");
    }

    /// <summary>The page tells the whole API, as the types that are published have it.</summary>
    [Fact]
    public async Task Page_NamesEveryMemberEventAndValueOfTheScript()
    {
        var page = (await host.SendAsync("GET", "/docs/snippet")).Text;
        var types = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "snippet", "dist", "snippet.d.ts"));
        var code = Comment().Replace(types, "");
        var names = Member().Matches(code).Concat(Value().Matches(code)).Select(match => match.Groups["name"].Value).Distinct().ToArray();

        names.Length.ShouldBeGreaterThan(30);
        names.Where(name => !Regex.IsMatch(page, $@"\b{name}\b", RegexOptions.None, TimeSpan.FromSeconds(1))).ShouldBeEmpty();
    }

    [GeneratedRegex("id=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Anchor();

    [GeneratedRegex("<a href=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Link();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline, Timeout)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^ +(readonly )?(?<name>\w+)(\(|\??:)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, Timeout)]
    private static partial Regex Member();

    [GeneratedRegex("\"(?<name>[a-z_]+)\"", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Value();
}
