using Platform.Deletion;

namespace Platform.Api.Deletion;

/// <summary>
/// The deletion of a tenant and, once it is complete, its certificate, signed (docs/operations/tenant-deletion.md says how to check it). Before, <c>completedAt</c> is null and so is all that follows from it.
/// </summary>
/// <param name="Tenant">Which tenant it was.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="RequestedBy">The operator who asked for it.</param>
/// <param name="DeletesAt">When it begins, or was to begin.</param>
/// <param name="CompletedAt">When everything was gone.</param>
/// <param name="DataKeysDestroyed">Nothing that was sealed for the tenant or its users can be read any more, wherever a copy of it lies.</param>
/// <param name="Counts">How much there was of each kind when it began; empty before.</param>
/// <param name="LogSequence">The last event of the tenant's access log, <c>tenant.deleted</c>.</param>
/// <param name="LogHash">Its hash.</param>
/// <param name="KeyId">The key that has signed this.</param>
/// <param name="Signature">ECDSA over P-256 with SHA-256, IEEE P1363.</param>
internal sealed record TenantDeletionBody(
    TenantId Tenant,
    DateTimeOffset RequestedAt,
    UserId RequestedBy,
    DateTimeOffset DeletesAt,
    DateTimeOffset? CompletedAt,
    bool DataKeysDestroyed,
    IReadOnlyDictionary<string, long> Counts,
    long? LogSequence,
    string? LogHash,
    string? KeyId,
    string? Signature)
{
    public static TenantDeletionBody Of(TenantDeletionView deletion) => new(
        deletion.TenantId,
        deletion.RequestedAt,
        deletion.RequestedBy,
        deletion.DeletesAt,
        deletion.CompletedAt,
        deletion.IsComplete,
        deletion.Counts,
        deletion.LogSequence,
        Hex(deletion.LogHash),
        deletion.KeyId,
        Hex(deletion.Signature));

    private static string? Hex(ImmutableArray<byte>? bytes) => bytes is { } known ? Convert.ToHexStringLower(known.AsSpan()) : null;
}
