using System.Security.Cryptography;

namespace Platform.Api.Tests.Hosting;

internal sealed record TestUser(string TenantId, string Slug, string Id, string Username, string Password, string Token);

/// <summary>What tests want of the platform, by intent.</summary>
internal static class PlatformHostCalls
{
    /// <summary>For a test that wants a host of its own: <c>await using var own = await new PlatformHost().StartedAsync();</c></summary>
    public static async Task<T> StartedAsync<T>(this T host) where T : PlatformHost
    {
        await host.InitializeAsync();
        return host;
    }

    public static Task<SignedIn> SignInAsync(this PlatformHost host, TestUser user) => host.SignInAsync(user.Slug, user.Username, user.Password);

    public static string NewSlug() => "t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>A tenant of its own for one test, with its owner signed in.</summary>
    public static async Task<TestUser> NewTenantAsync(this PlatformHost host, string edition = "standard")
    {
        var slug = NewSlug();
        var made = (await host.SendAsync(
            "POST",
            "/v1/operator/tenants",
            new { slug, name = slug, edition, admin = new { username = "owner", email = "owner@example.com", password = ApiCalls.Password } },
            await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.Created);
        var session = await host.SignInAsync(slug, "owner", ApiCalls.Password);
        return new TestUser(made.String("id")!, slug, session.Session.GetProperty("userId").GetString()!, "owner", ApiCalls.Password, session.Token);
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
            new { username, email = $"{username}@example.com", password = ApiCalls.Password, mustChangePassword = false, role },
            owner.Token)).ShouldBe(HttpStatusCode.Created);
        var session = await host.SignInAsync(owner.Slug, username, ApiCalls.Password);
        return owner with { Id = made.String("id")!, Username = username, Token = session.Token };
    }
}
