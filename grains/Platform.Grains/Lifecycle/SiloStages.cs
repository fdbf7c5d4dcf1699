namespace Platform.Lifecycle;

/// <summary>
/// When the parts of a silo start. They stop the other way round, whatever the order in which they were registered. The database is open around all of them: it frames the host.
/// </summary>
internal static class SiloStages
{
    /// <summary>Before the first grain and until after the last: what says whether this silo may answer from memory.</summary>
    public const int Lease = ServiceLifecycleStage.RuntimeInitialize;

    /// <summary>Before the first grain and until after the last: what works on tables without grains, such as writing behind what these have handed over.</summary>
    public const int Writers = ServiceLifecycleStage.RuntimeStorageServices;

    /// <summary>As long as grains can be called: what calls them by itself.</summary>
    public const int Workers = ServiceLifecycleStage.Active + 1;
}
