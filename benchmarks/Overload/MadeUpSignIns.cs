using System.Collections.Concurrent;
using System.Net.Http.Json;
using Platform.Benchmarks.Load;

namespace Platform.Benchmarks.Overload;

/// <summary>So many sign-ins under way all the time, at a tenant and with names that nobody has.</summary>
internal sealed class MadeUpSignIns(LoadHost host, int count) : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentDictionary<string, long> _answers = new(StringComparer.Ordinal);
    private readonly HttpClient _client = host.Connect(new Version(2, 0), HttpVersionPolicy.RequestVersionOrLower, TimeSpan.FromSeconds(30));
    private Task[] _running = [];
    private bool _disposed;

    public void Start() => _running = [.. Enumerable.Range(0, count).Select(RepeatAsync)];

    public string Answers() => count == 0 ? "none" : string.Join(", ", _answers.OrderBy(answer => answer.Key, StringComparer.Ordinal).Select(answer => $"{answer.Key}: {answer.Value}"));

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _over.CancelAsync();
        await Task.WhenAll(_running);
        _client.Dispose();
        _over.Dispose();
    }

    private async Task RepeatAsync(int number)
    {
        await Task.Yield();
        for (var i = 0; !_over.IsCancellationRequested; i++)
        {
            try
            {
                using var response = await _client.PostAsJsonAsync(
                    "/v1/sign-in", new { tenant = $"made-up-{number}-{i}", username = "admin", password = "x", transport = "token" }, _over.Token);
                _answers.AddOrUpdate(LoadOutcomes.Status((int)response.StatusCode), 1, (_, before) => before + 1);
            }
            catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException)
            {
                if (!_over.IsCancellationRequested) _answers.AddOrUpdate("no answer", 1, (_, before) => before + 1);
            }
        }
    }
}
