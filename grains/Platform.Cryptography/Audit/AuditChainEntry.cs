using System.Security.Cryptography;

namespace Platform.Audit;

/// <summary>
/// What the chain commits to: the public part of an event, the commitments to its two personal sections, and the hash of the event before. The sections
/// themselves are not in it, so that they can become unreadable (row PRIVACY) while the chain still verifies.
/// </summary>
public sealed record AuditChainEntry
{
    public const int HashSize = 32;

    private const string Domain = "platform-audit-event-v1\n";

    public required TenantId TenantId { get; init; }
    public required long Sequence { get; init; }
    /// <summary>As printed, so that a row with a damaged id can still be read and named.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset Time { get; init; }
    public required string Action { get; init; }
    public required AuditOutcome Outcome { get; init; }
    public required string? Reason { get; init; }
    public required string ActorType { get; init; }
    public required string? ActorId { get; init; }
    public required ReadOnlyMemory<byte> ActorCommitment { get; init; }
    public required string TargetType { get; init; }
    public required string? TargetId { get; init; }
    public required ReadOnlyMemory<byte> TargetCommitment { get; init; }
    public required string? SessionId { get; init; }
    public required string? TraceId { get; init; }
    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>Of the event before the first one.</summary>
    public static ReadOnlyMemory<byte> Genesis { get; } = new byte[HashSize];

    /// <summary>SHA-256 over a domain line and the canonical JSON of all members.</summary>
    public byte[] Hash(CanonicalJson? scratch = null)
    {
        var json = scratch ?? new CanonicalJson();
        json.Clear();
        json.Ascii(Domain);
        json.BeginObject();
        json.Member("action", Action);
        json.Name("actor");
        Party(json, ActorCommitment.Span, ActorId, ActorType);
        json.Member("id", Id);
        json.Member("outcome", AuditNames.Of(Outcome));
        json.Member("previousHash", PreviousHash.Span);
        json.Member("reason", Reason);
        json.Member("sequence", Sequence);
        json.Member("sessionId", SessionId);
        json.Name("target");
        Party(json, TargetCommitment.Span, TargetId, TargetType);
        json.Member("tenantId", TenantId.ToString());
        json.Member("time", AuditNames.Of(Time));
        json.Member("traceId", TraceId);
        json.EndObject();
        return SHA256.HashData(json.Bytes);
    }

    private static void Party(CanonicalJson json, ReadOnlySpan<byte> commitment, string? id, string type)
    {
        json.BeginObject();
        json.Member("commitment", commitment);
        json.Member("id", id);
        json.Member("type", type);
        json.EndObject();
    }
}
