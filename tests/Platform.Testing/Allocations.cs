namespace Platform.Testing;

/// <summary>What calls allocate, in bytes.</summary>
public static class Allocations
{
    public const int Runs = 3;

    /// <summary>Of the calling thread, in the run that allocated least: what each call costs is in all of them, what happens once (a queue that grows, a class that is set up) is not.</summary>
    /// <param name="calls">Run to their end on this thread, <see cref="Runs"/> times; warm.</param>
    public static long Of(Action calls)
    {
        var least = long.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            calls();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
