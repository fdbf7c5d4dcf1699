namespace Platform.Benchmarks.Compare;

/// <summary>A store for sessions that a compared server asks, on this machine.</summary>
internal interface ICompareStore : IAsyncDisposable
{
    /// <summary>As the server's client takes it.</summary>
    string Configuration { get; }

    /// <summary>Stores what the server will look up.</summary>
    /// <param name="tokens">Of the sessions.</param>
    /// <param name="answers">By path.</param>
    /// <param name="cancellationToken">Of the run.</param>
    Task FillAsync(IReadOnlyList<string> tokens, IReadOnlyDictionary<string, Answer> answers, CancellationToken cancellationToken);

    /// <summary>What the store has used so far.</summary>
    Task<TimeSpan> ReadProcessorAsync(CancellationToken cancellationToken);
}

/// <summary>The store is not on this machine or cannot do what is needed; the message says why its rows are left out.</summary>
internal sealed class StoreMissingException(string message) : Exception(message);
