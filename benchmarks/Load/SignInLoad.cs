using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>
/// Sign-ins beside the measured requests: a closed loop of so many people, each of whom signs in with the right password and out again, over and over. More
/// of them than the platform has hashing threads keep its hashing queue busy all the time.
/// </summary>
internal sealed class SignInLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _over;
    private readonly ConcurrentDictionary<string, long> _answers = new(StringComparer.Ordinal);
    private readonly HttpClient[] _clients;
    private readonly Task[] _people;
    private readonly long _started = System.Diagnostics.Stopwatch.GetTimestamp();

    private SignInLoad(LoadOptions options, LoadSessions sessions, ILoadedPlatform platform, CancellationToken cancellationToken)
    {
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _clients = [.. platform.Hosts.Select(host => host.Connect(new Version(2, 0), HttpVersionPolicy.RequestVersionOrLower, options.Timeout))];
        _people = [.. Enumerable.Range(0, options.SignIns).Select(i => RepeatAsync(_clients[i % _clients.Length], sessions.Users[i % sessions.Users.Count]))];
    }

    public static SignInLoad Start(LoadOptions options, LoadSessions sessions, ILoadedPlatform platform, CancellationToken cancellationToken) => new(options, sessions, platform, cancellationToken);

    /// <returns>What was answered, and how often.</returns>
    public async Task<string> EndAsync()
    {
        var elapsed = Units.Since(_started);
        await StopAsync();
        return string.Join(", ", _answers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}: {Units.Count(a.Value)} ({Units.Rate(a.Value, elapsed)})"));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var client in _clients) client.Dispose();
        _over.Dispose();
    }

    private async Task StopAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_people);
    }

    private async Task RepeatAsync(HttpClient client, Credentials user)
    {
        await Task.Yield();
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using var response = await SignedInSessions.SendAsync(client, user, page: null, _over.Token);
                _answers.AddOrUpdate(LoadOutcomes.Status((int)response.StatusCode), 1, (_, count) => count + 1);
                if (!response.IsSuccessStatusCode) continue;
                using var body = await response.Content.ReadFromJsonAsync<JsonDocument>(_over.Token);
                using var signOut = new HttpRequestMessage(HttpMethod.Post, "/v1/sign-out") { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
                signOut.Headers.Authorization = new AuthenticationHeaderValue("Bearer", body!.RootElement.GetProperty("token").GetString());
                using var _ = await client.SendAsync(signOut, _over.Token);
            }
            catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException)
            {
                // The run is over, or this one got no answer: the next one may.
                if (!_over.IsCancellationRequested) _answers.AddOrUpdate("no answer", 1, (_, count) => count + 1);
            }
        }
    }
}
