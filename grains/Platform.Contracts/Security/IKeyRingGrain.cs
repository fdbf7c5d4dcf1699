using System.Collections.Immutable;

namespace Platform.Security;

/// <summary>A key of the ring, wrapped by the master key: useless to somebody who can only read the database.</summary>
[GenerateSerializer, Immutable, Alias("platform.WrappedKey")]
public sealed record WrappedKey
{
    /// <summary>Random, not a counter, because each token contains it in the clear.</summary>
    [Id(0)] public required uint KeyId { get; init; }

    /// <summary>Nonce, ciphertext and tag of AES-256-GCM over the 256-bit key.</summary>
    [Id(1)] public required ImmutableArray<byte> Wrapped { get; init; }

    /// <summary>When new tokens begin to use it.</summary>
    [Id(2)] public required DateTimeOffset ActiveFrom { get; init; }

    /// <summary>When the hosts stop opening tokens that it sealed.</summary>
    [Id(3)] public required DateTimeOffset RetiredFrom { get; init; }
}

/// <summary>Key: <c>keyring_&lt;environment&gt;</c>. Keeps the token keys that all hosts share and rotates them.</summary>
[Alias("platform.IKeyRingGrain")]
public interface IKeyRingGrain : IGrainWithStringKey
{
    /// <summary>All keys that open tokens now, among them one that seals; the grain writes a due rotation before it answers.</summary>
    [Alias("Get")]
    Task<ImmutableArray<WrappedKey>> GetAsync(CancellationToken cancellationToken);
}
