namespace Platform.Snippets;

/// <summary>Counts the checks for proofs that users start, since each calls name servers and a web server of others. The count is in memory: it starts anew with the activation.</summary>
internal sealed class ProofAttempts(TimeProvider time)
{
    private const int Max = 10;
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(10);

    private readonly Queue<DateTimeOffset> _attempts = new();

    /// <summary>Null when one more may be made; otherwise how long to wait.</summary>
    public TimeSpan? Take()
    {
        var now = time.GetUtcNow();
        while (_attempts.TryPeek(out var first) && (now - first >= Within || first > now)) _attempts.Dequeue();
        if (_attempts.Count >= Max) return _attempts.Peek() + Within - now;
        _attempts.Enqueue(now);
        return null;
    }
}
