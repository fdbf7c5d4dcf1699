namespace Platform.Benchmarks.Measuring;

/// <summary>Managed heap after a full compacting collection, and what the operating system counts as resident.</summary>
internal readonly record struct MemoryUse(long Heap, long Resident)
{
    public static MemoryUse Take()
    {
        for (var round = 0; round < 2; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new MemoryUse(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
