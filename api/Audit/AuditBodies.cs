using System.Security.Cryptography;
using System.Text.Json;
using Platform.Audit;

namespace Platform.Api.Audit;

internal sealed record AuditPartyBody(string Type, string? Id, string? Name);

internal sealed record AuditChangeBody(string Path, JsonElement? Before, JsonElement? After)
{
    public static AuditChangeBody Of(AuditChange change) => new(change.Path, Parse(change.Before), Parse(change.After));

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);
}

/// <summary>The event's commitment to a personal section. Without a salt the section was erased.</summary>
internal sealed record AuditProofBody(string Commitment, string? Salt)
{
    public static AuditProofBody Of(AuditProof proof) =>
        new(Convert.ToHexStringLower(proof.Commitment.AsSpan()), proof.Salt is { } salt ? Convert.ToHexStringLower(salt.AsSpan()) : null);
}

internal sealed record AuditProofsBody(AuditProofBody Actor, AuditProofBody Target);

/// <summary>An event with everything that its hash can be computed from (docs/operations/access-log.md).</summary>
internal sealed record AuditEventBody
{
    public required long Sequence { get; init; }
    public required string Id { get; init; }
    public required TenantId TenantId { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required AuditPartyBody Actor { get; init; }
    public required string Action { get; init; }
    public required AuditPartyBody Target { get; init; }
    public required string Outcome { get; init; }
    public required string? Reason { get; init; }
    public required string? Ip { get; init; }
    public required string? UserAgent { get; init; }
    public required string? SessionId { get; init; }
    public required string? TraceId { get; init; }
    public required IReadOnlyList<AuditChangeBody> Changes { get; init; }
    public required string PreviousHash { get; init; }
    public required string Hash { get; init; }
    public required AuditProofsBody Proof { get; init; }

    public static AuditEventBody Of(AuditEvent found) => new()
    {
        Sequence = found.Sequence,
        Id = found.Id,
        TenantId = found.TenantId,
        Time = found.Time,
        Actor = new AuditPartyBody(found.Actor.Type, found.Actor.Id, found.Actor.Name),
        Action = found.Action,
        Target = new AuditPartyBody(found.Target.Type, found.Target.Id, found.Target.Name),
        Outcome = AuditNames.Of(found.Outcome),
        Reason = found.Reason,
        Ip = found.Ip,
        UserAgent = found.UserAgent,
        SessionId = found.SessionId,
        TraceId = found.TraceId,
        Changes = [.. found.Changes.Select(AuditChangeBody.Of)],
        PreviousHash = Convert.ToHexStringLower(found.PreviousHash.AsSpan()),
        Hash = Convert.ToHexStringLower(found.Hash.AsSpan()),
        Proof = new AuditProofsBody(AuditProofBody.Of(found.ActorProof), AuditProofBody.Of(found.TargetProof)),
    };
}

/// <param name="Valid">Everything from <paramref name="From"/> on is as it was.</param>
/// <param name="Checked">Number of events checked.</param>
/// <param name="FirstInvalidSequence">The first event that is missing, altered or out of place.</param>
/// <param name="Erased">Events with a part that nobody can read any more.</param>
/// <param name="Checkpoints">Signed heads that agree.</param>
/// <param name="Unsigned">Events at the end that no signed head covers yet: whether more followed them, only the running platform knows. One comes five minutes after an event at the latest.</param>
/// <param name="From">The first event that must be there; older ones were dropped after the tenant's retention.</param>
/// <param name="Anchor">The signed head that the first event follows; null where nothing was dropped.</param>
internal sealed record AuditVerificationBody(bool Valid, long Checked, long? FirstInvalidSequence, long Erased, long Checkpoints, long Unsigned, long From, AuditCheckpointBody? Anchor)
{
    public static AuditVerificationBody Of(AuditVerification state) => new(
        state.FirstInvalid is null,
        state.Checked,
        state.FirstInvalid,
        state.Erased,
        state.Checkpoints,
        state.Sequence - state.SignedSequence,
        (state.Anchor?.Sequence ?? 0) + 1,
        state.Anchor is { } anchor ? AuditCheckpointBody.Of(anchor) : null);
}

internal sealed record AuditCheckpointBody(TenantId TenantId, long Sequence, DateTimeOffset Time, string Hash, string KeyId, string Signature)
{
    public static AuditCheckpointBody Of(AuditCheckpoint checkpoint) => new(
        checkpoint.TenantId,
        checkpoint.Sequence,
        checkpoint.Time,
        Convert.ToHexStringLower(checkpoint.Hash.AsSpan()),
        checkpoint.KeyId,
        Convert.ToHexStringLower(checkpoint.Signature.AsSpan()));
}

/// <param name="KeyId">Beginning of the SHA-256 of the key.</param>
/// <param name="Algorithm">ECDSA on P-256 with SHA-256; signatures are r and s.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo as PEM.</param>
internal sealed record AuditKeyBody(string KeyId, string Algorithm, string PublicKey)
{
    public static AuditKeyBody Of(AuditPublicKey key) => new(key.KeyId, "ES256", PemEncoding.WriteString("PUBLIC KEY", key.PublicKey.AsSpan()));
}

internal sealed record AuditCheckpointsBody(IReadOnlyList<AuditCheckpointBody> Items, string? NextCursor, IReadOnlyList<AuditKeyBody> Keys);
