using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Compare;

/// <summary>Signs in at the compared servers, so that their load has sessions.</summary>
internal sealed class CompareSessions(ServerProcess server, byte[] certificateHash) : IDisposable
{
    private readonly ApiClient _client = new(new Uri($"https://127.0.0.1:{server.Port}"), certificateHash);

    /// <summary>Of the owner of a tenant that is made here.</summary>
    /// <returns>Tokens.</returns>
    public async Task<IReadOnlyList<string>> OpenAtPlatformAsync(int count, CancellationToken cancellationToken)
    {
        await _client.CreateTenantAsync(cancellationToken);
        var tokens = new List<string>(count);
        while (tokens.Count < count) tokens.Add(await _client.SignInOwnerAsync(cancellationToken));
        return tokens;
    }

    /// <returns>Cookies, as a request sends them.</returns>
    public async Task<IReadOnlyList<string>> OpenAtCookieServerAsync(int count, CancellationToken cancellationToken)
    {
        var cookies = new List<string>(count);
        while (cookies.Count < count)
        {
            using var response = await _client.Http.PostAsync(new Uri(CookieServer.SignInPath, UriKind.Relative), content: null, cancellationToken);
            cookies.Add(response.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        }

        return cookies;
    }

    public void Dispose() => _client.Dispose();
}
