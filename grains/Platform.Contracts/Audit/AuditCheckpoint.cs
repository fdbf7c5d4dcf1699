using System.Collections.Immutable;

namespace Platform.Audit;

/// <summary>
/// A signed statement that a tenant's log has this hash at this sequence (threat T73). Whoever keeps one elsewhere can show that nothing before it was altered and
/// that nothing up to it was cut off. ECDSA on P-256 with SHA-256, signature as r and s (IEEE P1363).
/// </summary>
[GenerateSerializer, Immutable, Alias("platform.AuditCheckpoint")]
public sealed record AuditCheckpoint
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required long Sequence { get; init; }
    [Id(2)] public required DateTimeOffset Time { get; init; }
    [Id(3)] public required ImmutableArray<byte> Hash { get; init; }
    [Id(4)] public required string KeyId { get; init; }
    [Id(5)] public required ImmutableArray<byte> Signature { get; init; }
}

/// <summary>A key that checkpoints are signed with.</summary>
/// <param name="KeyId">The first 16 bytes of the SHA-256 of <paramref name="PublicKey"/>, in hex.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo.</param>
[GenerateSerializer, Immutable, Alias("platform.AuditPublicKey")]
public sealed record AuditPublicKey([property: Id(0)] string KeyId, [property: Id(1)] ImmutableArray<byte> PublicKey);
