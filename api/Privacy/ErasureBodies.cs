using Platform.Privacy;

namespace Platform.Api.Privacy;

/// <summary>
/// What an erasure did, signed (docs/operations/privacy.md says how to check it). While it is under way, <c>completedAt</c> is null and so is all that follows from it.
/// </summary>
internal sealed record ErasureBody(
    ErasureId Id,
    TenantId Tenant,
    UserId User,
    DateTimeOffset RequestedAt,
    DateTimeOffset? CompletedAt,
    IReadOnlyList<string> What,
    bool DataKeyDestroyed,
    long? LogSequence,
    string? LogHash,
    string? KeyId,
    string? Signature)
{
    public static ErasureBody Of(ErasureCertificate erasure) => new(
        erasure.Id,
        erasure.TenantId,
        erasure.UserId,
        erasure.RequestedAt,
        erasure.CompletedAt,
        erasure.What,
        erasure.IsComplete,
        erasure.LogSequence,
        Hex(erasure.LogHash),
        erasure.KeyId,
        Hex(erasure.Signature));

    private static string? Hex(ImmutableArray<byte>? bytes) => bytes is { } known ? Convert.ToHexStringLower(known.AsSpan()) : null;
}
