using System.Net;
using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Docs;

public sealed partial class DocsPageTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Page_ForEachOperation_HasAPlaceToLinkToAnEntryInTheMenuAndAnExample()
    {
        var operations = await host.ReadOperationsAsync();
        var page = (await host.SendAsync("GET", "/docs")).ShouldBe(HttpStatusCode.OK).Text;

        var anchors = Sections().Matches(page).Select(match => match.Groups["id"].Value).ToArray();
        anchors.Length.ShouldBe(operations.Count);
        anchors.ShouldBeUnique();
        anchors.ShouldContain("get-v1-session");
        Menu().Match(page).Value.Split("href=\"#").Skip(1).Select(link => link[..link.IndexOf('"', StringComparison.Ordinal)]).ShouldBe(anchors);
        Regex.Count(page, "<pre>curl ", RegexOptions.None, TimeSpan.FromSeconds(1)).ShouldBe(operations.Count);
    }

    [Theory]
    [InlineData("POST", "/v1/sign-in", "curl \"$PLATFORM/v1/sign-in\" -H 'Content-Type: application/json' -d '{\"")]
    [InlineData("GET", "/v1/session", "curl \"$PLATFORM/v1/session\" -H \"Authorization: Bearer $TOKEN\"</pre>")]
    [InlineData("DELETE", "/v1/me/totp", "curl -X DELETE \"$PLATFORM/v1/me/totp\" -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '{\"")]
    [InlineData("POST", "/v1/introspect", "curl \"$PLATFORM/v1/introspect\" -H \"Authorization: Bearer $TOKEN\" -d 'token=")]
    [InlineData("POST", "/v1/sign-out", "curl -X POST \"$PLATFORM/v1/sign-out\"")]
    public async Task Example_OfACall_CanBePasted(string method, string path, string line)
    {
        var page = WebUtility.HtmlDecode((await host.SendAsync("GET", "/docs")).Text);
        page[page.IndexOf($"<h3><code>{method} {path}</code>", StringComparison.Ordinal)..].Split("<section")[0].ShouldContain(line);
    }

    [GeneratedRegex("<section id=\"(?<id>[^\"]+)\">", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Sections();

    [GeneratedRegex("<nav.*?</nav>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Menu();
}
