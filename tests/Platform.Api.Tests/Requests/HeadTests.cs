using System.Net;

namespace Platform.Api.Tests.Requests;

public sealed class HeadTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private static readonly string[] Undocumented = ["/", "/docs", "/docs/snippet", "/openapi/v1.json"];

    /// <summary>Whatever can be read, its head can: the same status and headers, and no body.</summary>
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Head_OfEverythingThatGetServes_IsThatWithoutABody(string version)
    {
        var owner = await host.NewTenantAsync();
        var paths = (await host.ReadOperationsAsync()).Where(operation => operation.Method == "GET").Select(operation => operation.Path).Concat(Undocumented).ToArray();
        paths.Length.ShouldBeGreaterThan(30);
        foreach (var path in paths.Select(path => path.Replace("{tenant}", owner.Slug, StringComparison.Ordinal).Replace('{', 'x').Replace('}', 'x')))
        {
            var (get, head) = (await AskAsync(HttpMethod.Get, path, version, owner.Token), await AskAsync(HttpMethod.Head, path, version, owner.Token));
            head.Status.ShouldBe(get.Status, path);
            head.Headers.ShouldBe(get.Headers, path);
            head.Body.ShouldBeEmpty(path);
        }
    }

    [Theory]
    [InlineData("DELETE", "/v1/session", "GET, HEAD")]
    [InlineData("HEAD", "/v1/sign-out", "POST")]
    public async Task Method_ThatIsNotServed_NamesThoseThatAre(string method, string path, string allow) =>
        string.Join(", ", (await host.SendAsync(method, path)).ShouldBe(HttpStatusCode.MethodNotAllowed).Header("Allow")!.Split(", ").Order(StringComparer.Ordinal)).ShouldBe(allow);

    [Fact]
    public async Task Root_InABrowser_LeadsToTheDocuments() => (await AskAsync(HttpMethod.Get, "/", "1.1", token: null)).Headers.ShouldContain("Location: /docs");

    private async Task<(HttpStatusCode Status, string[] Headers, string Body)> AskAsync(HttpMethod method, string path, string version, string? token)
    {
        using var client = host.NewClient();
        using var request = new HttpRequestMessage(method, path) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        using var answer = await client.SendAsync(request);
        var headers = answer.Headers.Concat(answer.Content.Headers)
            .Where(header => header.Key is not ("Date" or "RateLimit" or "Transfer-Encoding" or "Content-Length"))
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
            .Order(StringComparer.Ordinal);
        return (answer.StatusCode, [.. headers], await answer.Content.ReadAsStringAsync());
    }
}
