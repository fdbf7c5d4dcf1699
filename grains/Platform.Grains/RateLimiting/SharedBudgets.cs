namespace Platform.RateLimiting;

/// <summary>By key, when its budget is whole again: the cells of a generic cell rate algorithm, as each host has them for itself. Bounded. Pure.</summary>
internal sealed class SharedBudgets(int capacity)
{
    private readonly Dictionary<string, TimeSpan> _wholeAt = new(StringComparer.Ordinal);

    public int Count => _wholeAt.Count;

    /// <summary>Where hosts have together let through more than there was, the budget owes it: later there is as much less.</summary>
    /// <param name="draw">What a host has let through.</param>
    /// <param name="perCall">See <see cref="BudgetDraws.PerCall"/>.</param>
    /// <param name="now">Of a clock that only goes on.</param>
    /// <returns>How long until the budget is whole. Beyond the capacity: by this draw alone.</returns>
    public TimeSpan Draw(BudgetDraw draw, TimeSpan perCall, TimeSpan now)
    {
        var drawn = perCall * draw.Calls;
        if (!_wholeAt.TryGetValue(draw.Key, out var wholeAt))
        {
            if (Count >= capacity) ForgetWhole(now);
            if (Count >= capacity) return drawn;
        }

        _wholeAt[draw.Key] = wholeAt = (wholeAt > now ? wholeAt : now) + drawn;
        return wholeAt - now;
    }

    private void ForgetWhole(TimeSpan now)
    {
        foreach (var (key, wholeAt) in _wholeAt)
        {
            if (wholeAt <= now) _wholeAt.Remove(key);
        }
    }
}
