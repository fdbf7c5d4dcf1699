using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Audit;

namespace Platform.Privacy;

/// <summary>
/// A signed statement that a user was erased (row PRIVACY): what went, and which event of the tenant's log tells of it. Signed like a checkpoint of the log, with
/// the same keys, so that it can be checked without the platform.
/// </summary>
[GenerateSerializer, Immutable, Alias("platform.ErasureCertificate")]
public sealed record ErasureCertificate
{
    private const string Domain = "platform-erasure-v1\n";

    [Id(0)] public required ErasureId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required UserId UserId { get; init; }
    [Id(3)] public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Null while it is under way; then nothing below is there either.</summary>
    [Id(4)] public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>What was removed or made unreadable; see <see cref="ErasedParts"/>.</summary>
    [Id(5)] public ImmutableArray<string> What { get; init; } = [];

    /// <summary>The event <c>user.erased</c> in the tenant's log.</summary>
    [Id(6)] public long? LogSequence { get; init; }
    [Id(7)] public ImmutableArray<byte>? LogHash { get; init; }
    [Id(8)] public string? KeyId { get; init; }
    [Id(9)] public ImmutableArray<byte>? Signature { get; init; }

    public bool IsComplete => CompletedAt is not null;

    /// <summary>What is signed: a domain line and canonical JSON.</summary>
    public byte[] Content()
    {
        var json = new CanonicalJson();
        json.Ascii(Domain);
        json.BeginObject();
        json.Member("completedAt", AuditNames.Of(CompletedAt!.Value));
        json.Name("dataKeyDestroyed");
        json.Raw("true");
        json.Member("id", Id.ToString());
        json.Member("logHash", LogHash!.Value.AsSpan());
        json.Member("logSequence", LogSequence!.Value);
        json.Member("requestedAt", AuditNames.Of(RequestedAt));
        json.Member("tenant", TenantId.ToString());
        json.Member("user", UserId.ToString());
        json.Name("what");
        json.BeginArray();
        foreach (var part in What) json.String(part);
        json.EndArray();
        json.EndObject();
        return json.Bytes.ToArray();
    }

    public bool IsSignedBy(ECDsa key) =>
        Signature is { } signature && key.VerifyData(Content(), signature.AsSpan(), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}

/// <summary>Names of what an erasure takes. Names are for ever.</summary>
public static class ErasedParts
{
    /// <summary>In the order in which they go; the last one is the user's data key, and with it all that is sealed under it, wherever it lies.</summary>
    public static readonly ImmutableArray<string> All =
        ["sessions", "scenario_grants", "notifications", "sign_in_guards", "username", "account", "second_factors", "kept_answers", "data_key"];
}
