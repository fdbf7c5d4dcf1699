using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Platform.Testing;

/// <summary>A host of the API, in the test's process or in another.</summary>
public interface IApiHost
{
    /// <param name="request">To a path.</param>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request);
}

/// <summary>What people and scripts do with the API, by intent.</summary>
public static class ApiCalls
{
    /// <summary>Of users that tests make.</summary>
    public const string Password = "Quiet-Harbour-71";

    /// <param name="body">Content, JSON, or what becomes JSON.</param>
    public static async Task<Answer> SendAsync(
        this IApiHost host, string method, string path, object? body = null, string? token = null, string? cookie = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent(body as string ?? JsonSerializer.Serialize(body));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", $"__Host-sid={cookie}");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var (sentAt, asked) = (TimeProvider.System.GetUtcNow(), TimeProvider.System.GetTimestamp());
        var response = await host.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, response, text) { Asked = asked, SentAt = sentAt, AnsweredAt = TimeProvider.System.GetUtcNow() };
    }

    public static HttpContent JsonContent(string json) => new StringContent(json, Encoding.UTF8, "application/json");

    public static Task<Answer> TrySignInAsync(this IApiHost host, string tenant, string username, string password, string transport = "token") =>
        host.SendAsync("POST", "/v1/sign-in", new { tenant, username, password, transport });

    public static async Task<SignedIn> SignInAsync(this IApiHost host, string tenant, string username, string password = Password) =>
        SignedIn.Of(await host.TrySignInAsync(tenant, username, password));

    /// <summary>Looks; extends nothing.</summary>
    public static Task<Answer> PeekAsync(this IApiHost host, string? token) => host.SendAsync("GET", "/v1/session", token: token);

    /// <summary>Activity.</summary>
    public static Task<Answer> TouchAsync(this IApiHost host, string? token) => host.SendAsync("POST", "/v1/session/touch", token: token);

    public static Task<Answer> ValidateAsync(this IApiHost host, string? token) => host.SendAsync("POST", "/v1/session/validate", token: token);

    public static Task<Answer> SignOutAsync(this IApiHost host, string? token) => host.SendAsync("POST", "/v1/sign-out", token: token);
}
