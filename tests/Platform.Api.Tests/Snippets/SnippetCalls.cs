namespace Platform.Api.Tests.Snippets;

internal sealed record TestPage(TestUser Owner, string Snippet, string Origin);

/// <summary>What tests want of snippets, as a tenant's editor and as a page.</summary>
internal static class SnippetCalls
{
    public static async Task<Answer> SnippetAsync(this PlatformHost host, TestUser owner) =>
        await host.SendAsync("GET", $"{PathOf(owner)}/{(await host.SendAsync("GET", PathOf(owner), token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items[0].GetProperty("id").GetString()}", token: owner.Token);

    public static string PathOf(TestUser owner) => $"/v1/tenants/{owner.Slug}/snippets";

    /// <summary>A tenant whose primary snippet works on a local site.</summary>
    public static async Task<TestPage> NewPageAsync(this PlatformHost host, string domain = "a.test:9444")
    {
        var owner = await host.NewTenantAsync();
        var snippet = (await host.SnippetAsync(owner)).String("id")!;
        (await host.AddDomainAsync(owner, snippet, domain)).ShouldBe(HttpStatusCode.OK);
        return new TestPage(owner, snippet, "https://" + domain);
    }

    public static Task<Answer> AddDomainAsync(this PlatformHost host, TestUser owner, string snippet, string domain) =>
        host.SendAsync("PUT", $"{PathOf(owner)}/{snippet}/domains/{Uri.EscapeDataString(domain)}", token: owner.Token);

    /// <summary>As the browser of a visitor sends it.</summary>
    /// <param name="host">The platform.</param>
    /// <param name="page">From where.</param>
    /// <param name="method">GET, POST or OPTIONS.</param>
    /// <param name="call">After the snippet.</param>
    /// <param name="body">JSON; null: none.</param>
    /// <param name="cookie">Value of the page's cookie.</param>
    /// <param name="token">As bearer.</param>
    /// <param name="origin">In place of the page's own; empty: none is sent.</param>
    /// <param name="headers">Further ones.</param>
    public static Task<Answer> FromPageAsync(
        this PlatformHost host, TestPage page, string method, string call, object? body = null, string? cookie = null, string? token = null, string? origin = null, params (string Name, string Value)[] headers)
    {
        List<(string, string)> sent = [.. headers];
        if (origin != "") sent.Add(("Origin", origin ?? page.Origin));
        if (cookie is not null) sent.Add(("Cookie", "__Host-psid=" + cookie));
        return host.SendAsync(method, $"/v1/snippets/{page.Snippet}{call}", body, token, cookie: null, [.. sent]);
    }

    public static async Task<string> SignInFromPageAsync(this PlatformHost host, TestPage page)
    {
        var answer = (await host.FromPageAsync(page, "POST", "/sign-in", new { username = page.Owner.Username, password = page.Owner.Password })).ShouldBe(HttpStatusCode.OK);
        return CookieOf(answer);
    }

    public static string CookieOf(Answer answer) => answer.Header("Set-Cookie")!.Split(';')[0].Split('=', 2)[1];
}
