namespace Orleans.Configuration;

/// <summary>Cache of where grains of other silos are. Accepted; there are none in one process.</summary>
public class GrainDirectoryOptions
{
    public const int DEFAULT_CACHE_SIZE = 1_000_000;

    public int CacheSize { get; set; } = DEFAULT_CACHE_SIZE;
}
