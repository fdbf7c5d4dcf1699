using System.Collections.Immutable;

namespace Platform.Security;

/// <summary>A key of the ring, wrapped by the master key: of no use to who can read the database only.</summary>
[GenerateSerializer, Immutable, Alias("platform.WrappedKey")]
public sealed record WrappedKey
{
    /// <summary>Random, not a counter: it stands in the clear in each token.</summary>
    [Id(0)] public required uint KeyId { get; init; }

    /// <summary>Nonce, ciphertext and tag of AES-256-GCM over the 256-bit key.</summary>
    [Id(1)] public required ImmutableArray<byte> Wrapped { get; init; }

    /// <summary>From then on new tokens use it.</summary>
    [Id(2)] public required DateTimeOffset ActiveFrom { get; init; }

    /// <summary>From then on no token sealed with it is opened.</summary>
    [Id(3)] public required DateTimeOffset RetiredFrom { get; init; }
}

/// <summary>Key: <c>keyring_&lt;environment&gt;</c>. Keeps the token keys that all hosts share and rotates them.</summary>
[Alias("platform.IKeyRingGrain")]
public interface IKeyRingGrain : IGrainWithStringKey
{
    /// <summary>All keys that open tokens now, among them one that seals; a due rotation is written before it is answered.</summary>
    [Alias("Get")]
    Task<ImmutableArray<WrappedKey>> GetAsync(CancellationToken cancellationToken);
}
