namespace Platform.Benchmarks.Load;

/// <param name="Status">Of the answer.</param>
/// <param name="Body">Empty where nobody looks at it.</param>
internal readonly record struct LoadAnswer(int Status, byte[] Body);

/// <summary>Sends one request at a time to one host.</summary>
internal interface ILoadClient : IDisposable
{
    /// <exception cref="LoadFailure">There was no answer.</exception>
    ValueTask<LoadAnswer> SendAsync(LoadRequest request);

    /// <summary>Ends a request that has waited too long; called from time to time.</summary>
    void EndLate(TimeSpan timeout);

    /// <summary>Ends whatever is under way.</summary>
    void Abort();
}

/// <summary>Why a request has no answer.</summary>
/// <param name="kind">In the tables.</param>
/// <param name="unreachable">No connection could be made: the next one should not be tried at once.</param>
/// <param name="cause">What was met.</param>
internal sealed class LoadFailure(string kind, bool unreachable, Exception cause) : Exception(kind, cause)
{
    public const string TimedOut = "timed out";

    public bool Unreachable => unreachable;
}
