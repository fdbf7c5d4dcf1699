using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Api.RateLimiting;

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
        foreach (var language in (string[])["curl", "TypeScript", "C#", "Python"]) DocsExamples.Of(page, language).Keys.ShouldBe(anchors);
        foreach (var operation in operations) page.ShouldContain($"<h3><code>{operation}</code>");
    }

    [Fact]
    [Trait("Threat", "T61")]
    public async Task Page_RunsItsOwnScriptAloneAndReachesNothing()
    {
        var answer = (await host.SendAsync("GET", "/docs")).ShouldBe(HttpStatusCode.OK);

        var policy = answer.Header("Content-Security-Policy").ShouldNotBeNull();
        policy.ShouldStartWith($"default-src 'none'; script-src '{HashOf(Inline("script", answer.Text))}'; require-trusted-types-for 'script'; trusted-types 'none'; style-src '{HashOf(Inline("style", answer.Text))}'");
        policy.ShouldNotContain("unsafe");
        policy.ShouldNotContain("connect-src");
        Regex.Count(answer.Text, "<script", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)).ShouldBe(1);
        Regex.IsMatch(answer.Text, "<[^>]+ (on[a-z]+|style)=|javascript:|<(img|link|iframe)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).ShouldBeFalse();
        Inline("script", answer.Text).ShouldNotMatch("innerHTML|fetch|XMLHttpRequest|eval");
    }

    /// <summary>Chapters, menus, codes of problems.</summary>
    [Fact]
    public async Task Page_LinksAndPlaces_AreAllThere()
    {
        var page = (await host.SendAsync("GET", "/docs")).Text;

        page.ShouldNotMatch(@"\{\{");
        var anchors = Anchor().Matches(page).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var link in Link().Matches(page).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal))
        {
            if (link.StartsWith('#')) anchors.ShouldContain(link[1..]);
            else (await host.SendAsync("GET", link)).ShouldBe(HttpStatusCode.OK);
        }

        foreach (var chapter in (string[])["authenticate", "application", "same-origin", "back-end", "spa", "cors", "errors", "limits", "one-address", "idempotency", "clients", "calls", "problems"]) anchors.ShouldContain(chapter);
    }

    /// <summary>Numbers of the chapter are the defaults of the code.</summary>
    [Fact]
    public async Task Limits_AreTheDefaults()
    {
        var page = (await host.SendAsync("GET", "/docs")).Text;
        var limits = new RateLimitOptions();
        foreach (var (setting, number) in ((string, int)[])[("SignInPerMinute", limits.SignInPerMinute), ("MessagesPerHour", limits.MessagesPerHour), ("ReportsPerHour", limits.ReportsPerHour), ("SessionsPerMinute", limits.SessionsPerMinute), ("RequestsPerMinute", limits.RequestsPerMinute)])
        {
            page.ShouldMatch($@"<td>{number.ToString("N0", CultureInfo.InvariantCulture)} in (a minute|an hour)</td><td><code>{setting}</code>");
        }

        page.ShouldContain($"at most {limits.PageSignInPerMinute} in a minute from one address through one snippet");
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

    private static string Inline(string element, string html) => Regex.Match(html, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline, TimeSpan.FromSeconds(5)).Groups[1].Value;

    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("id=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Anchor();

    [GeneratedRegex("<a href=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Link();

    [GeneratedRegex("<section id=\"(?<id>[^\"]+)\">", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Sections();

    [GeneratedRegex("<nav.*?</nav>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Menu();
}
