using System.Text;

namespace Platform.Api.Tests.Hosting;

internal sealed record TestKey(string Id, string Text);

/// <summary>What tests do with API keys, by intent.</summary>
internal static class ApiKeyCalls
{
    public static Task<Answer> TryNewKeyAsync(this PlatformHost host, TestUser maker, params string[] scopes) =>
        host.SendAsync("POST", $"/v1/tenants/{maker.Slug}/api-keys", new { name = "Back end", scopes }, maker.Token);

    public static async Task<TestKey> NewKeyAsync(this PlatformHost host, TestUser maker, params string[] scopes)
    {
        var made = (await host.TryNewKeyAsync(maker, scopes)).ShouldBe(HttpStatusCode.Created);
        return new TestKey(made.String("id")!, made.String("key")!);
    }

    public static Task<Answer> DeleteKeyAsync(this PlatformHost host, TestUser user, string id) =>
        host.SendAsync("DELETE", $"/v1/tenants/{user.Slug}/api-keys/{id}", token: user.Token);

    public static Task<Answer> IntrospectAsync(this PlatformHost host, string? key, string token) =>
        host.SendAsync("POST", "/v1/introspect", Form($"token={Uri.EscapeDataString(token)}"), key);

    public static Task<Answer> IntrospectAsync(this PlatformHost host, string? key, IEnumerable<string?> tokens) =>
        host.SendAsync("POST", "/v1/introspect/batch", new { tokens }, key);

    public static HttpContent Form(string text) => new StringContent(text, Encoding.UTF8, "application/x-www-form-urlencoded");
}
