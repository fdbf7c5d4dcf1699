namespace Platform.Process.Tests.Faults;

/// <summary>Clients at work until the process dies under them.</summary>
internal static class KilledLoad
{
    /// <summary>The kill comes so many answers after the load began, and a moment more, so that it falls anywhere within an operation.</summary>
    /// <param name="platform">Is killed.</param>
    /// <param name="random">Of the run.</param>
    /// <param name="answers">How many to wait for.</param>
    /// <param name="workers">Each one call, again and again. True: its answer counts.</param>
    public static async Task RunAsync(PlatformProcess platform, Random random, int answers, IReadOnlyList<Func<Random, Task<bool>>> workers)
    {
        var left = answers;
        var more = TimeSpan.FromMilliseconds(random.Next(0, 150));
        using var ending = new CancellationTokenSource();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var works = workers.Select(worker => WorkAsync(worker, new Random(random.Next()))).ToArray();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await Task.Delay(more, TimeProvider.System);
        // First, so that no worker sees the process gone before it knows why.
        await ending.CancelAsync();
        await platform.KillAsync();
        await Task.WhenAll(works);

        async Task WorkAsync(Func<Random, Task<bool>> worker, Random choice)
        {
            try
            {
                while (!ending.IsCancellationRequested)
                {
                    if (!await worker(choice)) await Task.Yield();
                    else if (Interlocked.Decrement(ref left) <= 0) reached.TrySetResult();
                }
            }
            catch (HttpRequestException) when (ending.IsCancellationRequested)
            {
                // Its answer went down with the process.
            }
        }
    }
}
