namespace Platform.Cluster.Tests.Hosting;

/// <summary>Waits for what another process does in its own time.</summary>
internal static class Until
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? timeout = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > (timeout ?? Timeout)) throw new TimeoutException($"Waited in vain until {what}.");
            await timer.WaitForNextTickAsync();
        }

        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>Asks again while nodes that have lost their lease for a moment answer 503, as a client would: a node that joins takes processors from all others.</summary>
    /// <returns>The first answer that is no outage.</returns>
    public static async Task<Answer> AnsweredAsync(Func<Task<Answer>> ask)
    {
        Answer? answer = null;
        await TrueAsync(async () => !(answer = await ask()).IsOutage, "a node answers");
        return answer!;
    }

    public static async Task ElapsedAsync(long since, TimeSpan time)
    {
        var left = time - TimeProvider.System.GetElapsedTime(since);
        if (left > TimeSpan.Zero) await Task.Delay(left, TimeProvider.System);
    }
}
