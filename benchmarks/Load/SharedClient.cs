namespace Platform.Benchmarks.Load;

/// <summary>HTTP/2 or HTTP/3: one of those that send over the same connection at the same time.</summary>
/// <param name="host">Where to.</param>
/// <param name="client">Has one connection; owned by whoever made it.</param>
internal sealed class SharedClient(LoadHost host, HttpClient client) : ILoadClient
{
    private readonly CancellationTokenSource _aborted = new();

    public async ValueTask<LoadAnswer> SendAsync(LoadRequest request)
    {
        try
        {
            using var message = request.Message(host, client);
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseContentRead, _aborted.Token);
            return new LoadAnswer((int)response.StatusCode, request.Call.WantsBody ? await response.Content.ReadAsByteArrayAsync(_aborted.Token) : []);
        }
        catch (OperationCanceledException late)
        {
            throw new LoadFailure(LoadFailure.TimedOut, unreachable: false, late);
        }
        catch (HttpRequestException failure)
        {
            var unreachable = failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            throw new LoadFailure(unreachable ? $"no connection ({failure.HttpRequestError})" : $"connection lost ({failure.HttpRequestError})", unreachable, failure);
        }
    }

    /// <summary>The client ends them by itself.</summary>
    public void EndLate(TimeSpan timeout)
    {
    }

    public void Abort() => _aborted.Cancel();

    public void Dispose() => _aborted.Dispose();
}
