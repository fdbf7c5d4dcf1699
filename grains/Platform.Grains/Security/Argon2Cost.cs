using NSec.Cryptography;

namespace Platform.Security;

/// <summary>What one Argon2id hash takes (RFC 9106). libsodium has one lane, p=1.</summary>
/// <param name="MemoryKiB">m.</param>
/// <param name="Passes">t.</param>
internal readonly record struct Argon2Cost(int MemoryKiB, int Passes)
{
    /// <summary>RFC 9106: eight blocks of one KiB for each lane.</summary>
    public const int LeastMemoryKiB = 8;

    public const int LeastPasses = 1;

    /// <summary>Less of either: whoever steals the hash tries passwords sooner than today's settings want.</summary>
    public bool IsBelow(Argon2Cost other) => MemoryKiB < other.MemoryKiB || Passes < other.Passes;

    /// <param name="password">UTF-8.</param>
    /// <param name="salt">16 bytes.</param>
    /// <param name="hash">Is filled.</param>
    public void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> hash) =>
        new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = MemoryKiB, NumberOfPasses = Passes }).DeriveBytes(password, salt, hash);
}
