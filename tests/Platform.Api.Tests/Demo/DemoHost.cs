using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Demo;

/// <summary>The demo with its example page.</summary>
public sealed class DemoHost : PlatformHost
{
    private HttpClient? _site;

    public DemoHost() : this([]) { }

    internal DemoHost(params string[] settings) : base(["--demo", .. settings]) { }

    /// <summary>As announced.</summary>
    internal string Origin => Regex.Match(Output.ToString(), @"^  Example page (?<origin>https://localhost:\d+)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["origin"].Value;

    internal string PasswordOf(string username) => Regex.Match(Output.ToString(), $@"^  {username} +\w+ +(?<password>\S+)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["password"].Value;

    internal async Task<Answer> AskSiteAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        _site ??= new HttpClient(NewHandler());
        using var request = new HttpRequestMessage(new HttpMethod(method), Origin + path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await _site.SendAsync(request);
        return new Answer(response.StatusCode, response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Origins for which the demo tenant's snippet has a domain, as somebody of it sees them.</summary>
    internal async Task<string[]> DomainsAsync(string token) =>
        [.. (await SnippetAsync(token)).GetProperty("domains").EnumerateArray().Select(domain => "https://" + domain.GetProperty("domain").GetString())];

    internal async Task AllowAsync(string token, string domain) =>
        (await this.SendAsync("PUT", $"/v1/tenants/acme/snippets/{(await SnippetAsync(token)).GetProperty("id").GetString()}/domains/{domain}", token: token)).ShouldBe(HttpStatusCode.OK);

    private async Task<JsonElement> SnippetAsync(string token) => (await this.SendAsync("GET", "/v1/tenants/acme/snippets", token: token)).ShouldBe(HttpStatusCode.OK).Items[0];
}
