using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Examples;

/// <summary>The back ends of the examples, each against the platform as <c>--demo</c> starts it.</summary>
public sealed partial class BackEndTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const string Nobody = "{\"error\":\"session_invalid\"}";
    private const string OtherSite = "https://other.test:9000";

    [Theory]
    [InlineData("node")]
    [InlineData("aspnetcore")]
    [Trait("Threat", "T56")]
    public async Task Who_SessionOfThePage_IsAnsweredAndEveryOtherIs401(string kind)
    {
        var platform = await StartAsync(new PlatformStart(Folder) { Arguments = ["--demo"] });
        var (site, password) = (Site().Match(platform.Output).Groups["site"].Value, Password().Match(platform.Output).Groups["password"].Value);
        var alice = (await platform.SignInAsync("acme", "alice", password)).Token;

        // No session ends by itself before a busy machine is through.
        (await platform.SendAsync("PATCH", "/v1/tenants/acme", new { sessionPolicy = new { idleTimeout = "PT30M" } }, alice)).ShouldBe(HttpStatusCode.OK);
        var snippet = await AllowOtherSiteAsync(platform, alice);
        var key = (await platform.SendAsync("POST", "/v1/tenants/acme/api-keys", new { name = "Shop", scopes = new[] { "introspect" } }, alice)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("key").GetString()!;
        var (page, elsewhere) = (await SignInFromAsync(platform, site, snippet, password), await SignInFromAsync(platform, OtherSite, snippet, password));
        await using var backEnd = await BackEnd.StartAsync(kind, platform, Folder.CertificatePath, key, site);

        var (status, text) = await backEnd.AskAsync(("Authorization", $"Bearer {page}"));
        status.ShouldBe(HttpStatusCode.OK, text);
        JsonDocument.Parse(text).RootElement.GetProperty("username").GetString().ShouldBe("alice");
        (await backEnd.AskAsync(("Cookie", $"other=1; __Host-psid={page}; more=2"), ("Sec-Fetch-Site", "same-origin"))).ShouldBe((HttpStatusCode.OK, text));

        // What another site makes a browser send.
        foreach (var from in (string[])["cross-site", "same-site", "none"]) (await backEnd.AskAsync(("Cookie", $"__Host-psid={page}"), ("Sec-Fetch-Site", from))).ShouldBe((HttpStatusCode.Unauthorized, Nobody), from);
        (await backEnd.AskAsync(("Cookie", $"__Host-psid={page}"))).ShouldBe((HttpStatusCode.Unauthorized, Nobody));

        // No token, a forged one, a session of no page, one of another page.
        (await backEnd.AskAsync()).ShouldBe((HttpStatusCode.Unauthorized, Nobody));
        foreach (var token in (string[])["x", page[..^4] + "AAAA", alice, elsewhere]) (await backEnd.AskAsync(("Authorization", $"Bearer {token}"))).ShouldBe((HttpStatusCode.Unauthorized, Nobody));

        (await platform.SendAsync("DELETE", "/v1/tenants/acme/sessions", token: alice)).ShouldBe(HttpStatusCode.Accepted);
        (await backEnd.AskAsync(("Authorization", $"Bearer {page}"))).ShouldBe((HttpStatusCode.Unauthorized, Nobody), "the session is over");
        await platform.StopAsync();
        (await backEnd.AskAsync(("Authorization", $"Bearer {page}"))).Status.ShouldBe(HttpStatusCode.ServiceUnavailable, "an outage signs nobody out");
    }

    private static async Task<string> AllowOtherSiteAsync(PlatformProcess platform, string alice)
    {
        var admin = (await platform.SignInAsync()).Token;
        (await platform.SendAsync("PATCH", "/v1/operator/tenants/acme", new { features = new { multiDomain = true } }, admin)).ShouldBe(HttpStatusCode.OK);
        var snippet = (await platform.SendAsync("GET", "/v1/tenants/acme/snippets", token: alice)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        (await platform.SendAsync("PUT", $"/v1/tenants/acme/snippets/{snippet}/domains/{new Uri(OtherSite).Authority}", token: alice)).ShouldBe(HttpStatusCode.OK);
        return snippet;
    }

    private async Task<string> SignInFromAsync(PlatformProcess platform, string origin, string snippet, string password)
    {
        var signedIn = await Bash.RunAsync(
            "curl -s --cacert \"$1\" -H \"Origin: $2\" -H 'Content-Type: application/json' -d '{\"username\":\"alice\",\"password\":\"'\"$4\"'\",\"transport\":\"token\"}' \"$3/sign-in\"",
            Folder.CertificatePath, origin, $"{platform.Address.GetLeftPart(UriPartial.Authority)}/v1/snippets/{snippet}", password);
        return JsonDocument.Parse(signedIn.Output).RootElement.GetProperty("token").GetString()!;
    }

    [GeneratedRegex("^  Example page (?<site>https://localhost:[0-9]+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Site();

    [GeneratedRegex("^  alice +owner +(?<password>\\S+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Password();
}
