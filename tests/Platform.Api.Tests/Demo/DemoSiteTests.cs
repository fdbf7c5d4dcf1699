using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Demo;

/// <summary>The example page of the demo tenant: a site of its own beside the platform.</summary>
public sealed partial class DemoSiteTests(DemoHost host) : IClassFixture<DemoHost>
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/minimal.html", "text/html")]
    [InlineData("/minimal.js", "text/javascript")]
    [InlineData("/site.js", "text/javascript")]
    [InlineData("/site.css", "text/css")]
    [InlineData("/icon.svg", "image/svg+xml")]
    [Trait("Threat", "T61")]
    public async Task Site_File_IsServedWithAStrictPolicyAndNothingOnThePlatform(string path, string type)
    {
        var answer = (await host.AskSiteAsync("GET", path)).ShouldBe(HttpStatusCode.OK);
        var platform = host.Address.GetLeftPart(UriPartial.Authority);

        answer.ContentType.ShouldBe(type);
        answer.Text.ShouldNotContain("{{");
        answer.Header("Content-Security-Policy").ShouldBe(
            $"default-src 'none'; script-src 'self' {platform}; connect-src {platform}; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("Referrer-Policy").ShouldBe("strict-origin-when-cross-origin");
        answer.Header("Server").ShouldBeNull();
        (await host.AskSiteAsync("HEAD", path)).ShouldBe(HttpStatusCode.OK).Text.ShouldBeEmpty();
        (await host.AskSiteAsync("POST", path)).ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await host.SendAsync("GET", path)).ShouldBe(path == "/" ? HttpStatusCode.Found : HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/livez")]
    [InlineData("/v1/session")]
    [InlineData("/s/x.js")]
    [InlineData("/index.html")]
    [InlineData("/SITE.JS")]
    [InlineData("/../site.js/x")]
    [InlineData("/Site/site.js")]
    [Trait("Threat", "T85")]
    public async Task Site_AnyOtherPath_Is404(string path) => (await host.AskSiteAsync("GET", path)).ShouldBe(HttpStatusCode.NotFound).Text.ShouldBeEmpty();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("evil.example")]
    [InlineData("LOCALHOST.evil.example")]
    public async Task Site_OfAnotherHost_Is404(string name) => (await host.AskSiteAsync("GET", "/", ("Host", name))).ShouldBe(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("/")]
    [InlineData("/minimal.html")]
    public async Task Page_LoadsThePublishedScriptByItsIntegrity_AndItsOwnFiles(string path)
    {
        var page = (await host.AskSiteAsync("GET", path)).Text;
        var tag = Tag().Match(page);

        tag.Success.ShouldBeTrue(page);
        var script = await host.Client.GetByteArrayAsync(tag.Groups["src"].Value);
        ("sha256-" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(script))).ShouldBe(WebUtility.HtmlDecode(tag.Groups["integrity"].Value));
        foreach (Match own in OwnFile().Matches(page)) (await host.AskSiteAsync("GET", own.Groups["path"].Value)).ShouldBe(HttpStatusCode.OK);
        page.ShouldNotMatch("style=|onclick=|javascript:|<script>|<style>");
    }

    [Fact]
    public async Task Site_FileThatIsKnown_IsNotSentAgain()
    {
        var first = await host.AskSiteAsync("GET", "/site.js");

        (await host.AskSiteAsync("GET", "/site.js", ("If-None-Match", first.Header("ETag").ShouldNotBeNull()))).ShouldBe(HttpStatusCode.NotModified).Text.ShouldBeEmpty();
        (await host.AskSiteAsync("GET", "/")).Header("Cache-Control").ShouldBe("no-store");
    }

    /// <summary>What its script does, by hand.</summary>
    [Fact]
    [Trait("Threat", "T56")]
    public async Task Page_SignInSessionTouchSignOut_WorkFromItsOriginAndFromNoOther()
    {
        var snippet = Tag().Match((await host.AskSiteAsync("GET", "/")).Text).Groups["src"].Value.Split('/')[4];
        var calls = $"/v1/snippets/{snippet}";
        var body = new { username = "bob", password = host.PasswordOf("bob") };

        var signedIn = (await host.SendAsync("POST", calls + "/sign-in", body, headers: ("Origin", host.Origin))).ShouldBe(HttpStatusCode.OK);
        signedIn.Header("Access-Control-Allow-Origin").ShouldBe(host.Origin);
        var cookie = signedIn.Header("Set-Cookie").ShouldNotBeNull().Split(';')[0];
        (string, string)[] ofPage = [("Origin", host.Origin), ("Cookie", cookie)];
        var session = (await host.SendAsync("GET", calls + "/session", headers: ofPage)).ShouldBe(HttpStatusCode.OK);
        session.String("username").ShouldBe("bob");
        session.Json.GetProperty("idleExpiresIn").GetInt32().ShouldBeInRange(60, 90, "the warning is to be seen soon");
        (await host.SendAsync("POST", calls + "/session/touch", headers: ofPage)).ShouldBe(HttpStatusCode.OK);

        (await host.SendAsync("GET", calls + "/session", headers: [("Origin", host.Address.GetLeftPart(UriPartial.Authority)), ("Cookie", cookie)])).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");
        (await host.SendAsync("POST", calls + "/sign-in", body, headers: ("Origin", "https://localhost"))).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");

        (await host.SendAsync("POST", calls + "/sign-out", headers: ofPage)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", calls + "/session", headers: ofPage)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    public async Task Docs_OfTheDemo_LinkToItsPage() => (await host.SendAsync("GET", "/docs/snippet")).Text.ShouldContain($"<a href=\"{host.Origin}\">");

    [GeneratedRegex("<script src=\"(?<src>https://[^\"]+)\" integrity=\"(?<integrity>[^\"]+)\" crossorigin=\"anonymous\" defer></script>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex("(src|href)=\"(?<path>/[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnFile();
}
