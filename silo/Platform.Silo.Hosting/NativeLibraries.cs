using NSec.Cryptography;

namespace Platform.Silo.Hosting;

/// <summary>For hosts that load ahead what a request would load later.</summary>
internal static class NativeLibraries
{
    /// <summary>The one behind password hashing; its cheapest call loads it.</summary>
    public static void Load() => _ = new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = 8, NumberOfPasses = 1 });
}
