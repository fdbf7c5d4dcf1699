using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Api.Tests.Hosting;

internal sealed record SignedIn(string Token, JsonElement Session)
{
    public string Id => Session.GetProperty("id").GetString()!;
}

internal sealed record TestUser(string TenantId, string Slug, string Id, string Username, string Password, string Token);

/// <summary>What tests want of the platform, by intent.</summary>
internal static class PlatformHostCalls
{
    public const string Password = "Quiet-Harbour-71";

    /// <summary>For a test that wants a host of its own: <c>await using var own = await new PlatformHost().StartedAsync();</c></summary>
    public static async Task<T> StartedAsync<T>(this T host) where T : PlatformHost
    {
        await host.InitializeAsync();
        return host;
    }

    public static async Task<Answer> SendAsync(
        this PlatformHost host, string method, string path, object? body = null, string? token = null, string? cookie = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent(body as string ?? JsonSerializer.Serialize(body));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", $"__Host-sid={cookie}");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await host.Client.SendAsync(request);
        return new Answer(response.StatusCode, response, await response.Content.ReadAsStringAsync());
    }

    public static HttpContent JsonContent(string json) => new StringContent(json, Encoding.UTF8, "application/json");

    public static Task<Answer> TrySignInAsync(this PlatformHost host, string tenant, string username, string password, string transport = "token") =>
        host.SendAsync("POST", "/v1/sign-in", new { tenant, username, password, transport });

    public static async Task<SignedIn> SignInAsync(this PlatformHost host, string tenant, string username, string password)
    {
        var answer = (await host.TrySignInAsync(tenant, username, password)).ShouldBe(HttpStatusCode.OK);
        return new SignedIn(answer.String("token")!, answer.Json.GetProperty("session"));
    }

    public static Task<SignedIn> SignInAsync(this PlatformHost host, TestUser user) => host.SignInAsync(user.Slug, user.Username, user.Password);

    public static Task<Answer> PeekAsync(this PlatformHost host, string? token) => host.SendAsync("GET", "/v1/session", token: token);

    public static Task<Answer> TouchAsync(this PlatformHost host, string? token) => host.SendAsync("POST", "/v1/session/touch", token: token);

    public static Task<Answer> ValidateAsync(this PlatformHost host, string? token) => host.SendAsync("POST", "/v1/session/validate", token: token);

    public static Task<Answer> SignOutAsync(this PlatformHost host, string? token) => host.SendAsync("POST", "/v1/sign-out", token: token);

    public static string NewSlug() => "t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>A tenant of its own for one test, with its owner signed in.</summary>
    public static async Task<TestUser> NewTenantAsync(this PlatformHost host, string edition = "standard")
    {
        var slug = NewSlug();
        var made = (await host.SendAsync(
            "POST",
            "/v1/operator/tenants",
            new { slug, name = slug, edition, admin = new { username = "owner", email = "owner@example.com", password = Password } },
            await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.Created);
        var session = await host.SignInAsync(slug, "owner", Password);
        return new TestUser(made.String("id")!, slug, session.Session.GetProperty("userId").GetString()!, "owner", Password, session.Token);
    }

    /// <summary>What only the operator may change.</summary>
    public static async Task<Answer> ChangeTenantAsync(this PlatformHost host, string slug, object change) =>
        await host.SendAsync("PATCH", $"/v1/operator/tenants/{slug}", change, await host.OperatorTokenAsync());

    /// <summary>A further user of the owner's tenant, signed in.</summary>
    public static async Task<TestUser> NewUserAsync(this PlatformHost host, TestUser owner, string username, string role)
    {
        var made = (await host.SendAsync(
            "POST",
            $"/v1/tenants/{owner.Slug}/users",
            new { username, email = $"{username}@example.com", password = Password, role },
            owner.Token)).ShouldBe(HttpStatusCode.Created);
        var session = await host.SignInAsync(owner.Slug, username, Password);
        return owner with { Id = made.String("id")!, Username = username, Token = session.Token };
    }
}
