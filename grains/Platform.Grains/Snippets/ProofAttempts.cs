namespace Platform.Snippets;

/// <summary>Counts the looks for proofs that users ask for: each asks name servers and a web server of others. Counted in memory: an activation that ends forgives.</summary>
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
