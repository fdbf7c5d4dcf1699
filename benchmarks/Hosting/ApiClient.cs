using System.Net.Http.Json;
using System.Net.Security;
using System.Text.Json;

namespace Platform.Benchmarks.Hosting;

/// <summary>Makes at a running host, over HTTPS, what a measurement needs: a tenant with its owner, sessions.</summary>
/// <param name="address">Of the host.</param>
/// <param name="certificateHash">SHA-256 of its certificate.</param>
internal sealed class ApiClient(Uri address, byte[] certificateHash) : IDisposable
{
    public const string Tenant = "acme";
    public const string Owner = "owner";
    public const string OwnerPassword = "Warm-Lantern-63";

    private const string PageDomain = "a.test";

    public HttpClient Http { get; } = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = PinnedCertificate.Only(certificateHash) },
    })
    {
        BaseAddress = address,
    };

    public async Task CreateTenantAsync(CancellationToken cancellationToken = default) => await AskAsync(
        "POST",
        "/v1/operator/tenants",
        new { slug = Tenant, name = Tenant, edition = "standard", admin = new { username = Owner, email = "owner@example.com", password = OwnerPassword } },
        await SignInAsync("platform", "operator", BenchmarkPlatform.OperatorPassword, cancellationToken),
        cancellationToken: cancellationToken);

    /// <returns>A token.</returns>
    public Task<string> SignInOwnerAsync(CancellationToken cancellationToken = default) => SignInAsync(Tenant, Owner, OwnerPassword, cancellationToken);

    /// <summary>Makes users of the tenant, called by their number, with the owner's password.</summary>
    /// <returns>Their ids.</returns>
    public async Task<string[]> CreateUsersAsync(int count, string owner, CancellationToken cancellationToken = default)
    {
        var ids = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (i, cancel) =>
        {
            var user = new { username = UserName(i), email = $"{UserName(i)}@example.com", password = OwnerPassword, mustChangePassword = false, permissions = new[] { "read" } };
            ids[i] = (await AskAsync("POST", $"/v1/tenants/{Tenant}/users", user, owner, cancellationToken: cancel)).GetProperty("id").GetString()!;
        });
        return ids;
    }

    public static string UserName(int number) => $"user-{number}";

    /// <returns>A key that may introspect sessions of the tenant.</returns>
    public async Task<string> CreateIntrospectionKeyAsync(string owner, CancellationToken cancellationToken = default) =>
        (await AskAsync("POST", $"/v1/tenants/{Tenant}/api-keys", new { name = "Back end", scopes = new[] { "introspect" } }, owner, cancellationToken: cancellationToken)).GetProperty("key").GetString()!;

    /// <summary>Makes the tenant's first snippet work on a page.</summary>
    /// <returns>Snippet, and the page's origin.</returns>
    public async Task<(string Snippet, string Origin)> PreparePageAsync(string owner, CancellationToken cancellationToken = default)
    {
        var snippet = (await AskAsync("GET", $"/v1/tenants/{Tenant}/snippets", token: owner, cancellationToken: cancellationToken)).GetProperty("items")[0].GetProperty("id").GetString()!;
        await AskAsync("PUT", $"/v1/tenants/{Tenant}/snippets/{snippet}/domains/{PageDomain}", token: owner, cancellationToken: cancellationToken);
        return (snippet, "https://" + PageDomain);
    }

    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<JsonElement> AskAsync(
        string method, string path, object? body = null, string? token = null, string? origin = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = JsonContent.Create(body);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        using var response = await Http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException($"{method} {path}: {text}");
    }

    public void Dispose() => Http.Dispose();

    private async Task<string> SignInAsync(string tenant, string username, string password, CancellationToken cancellationToken) =>
        (await AskAsync("POST", "/v1/sign-in", new { tenant, username, password, transport = "token" }, cancellationToken: cancellationToken)).GetProperty("token").GetString()!;
}
