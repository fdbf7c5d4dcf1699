namespace Platform.Benchmarks.Load;

/// <summary>What is loaded: one that was started for it, or one that runs.</summary>
internal interface ILoadedPlatform : IAsyncDisposable
{
    IReadOnlyList<LoadHost> Hosts { get; }

    /// <summary>What the grains run on, and what it was built from.</summary>
    string Runtime { get; }

    Task<LoadSessions> OpenSessionsAsync(LoadOptions options, CancellationToken cancellationToken);

    /// <summary>What its processes have used; null where they are not to be seen from here.</summary>
    Task<PlatformUsage?> ReadUsageAsync();

    /// <summary>Bytes of memory that its processes have now; null where they are not to be seen from here.</summary>
    long? ReadResident();
}

/// <param name="Processor">Since the processes started.</param>
/// <param name="Allocated">Managed bytes; null where only the processes could tell.</param>
internal sealed record PlatformUsage(TimeSpan Processor, long? Allocated);
