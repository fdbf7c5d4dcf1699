using System.Security.Cryptography;
using Platform.Audit;

namespace Platform.Privacy;

/// <summary>What of an <see cref="ErasureCertificate"/> is signed. Signed like a checkpoint of the log.</summary>
public static class ErasureSignature
{
    private const string Domain = "platform-erasure-v1\n";

    /// <summary>A domain line and canonical JSON.</summary>
    public static byte[] Content(this ErasureCertificate erasure)
    {
        var json = new CanonicalJson();
        json.Ascii(Domain);
        json.BeginObject();
        json.Member("completedAt", AuditNames.Of(erasure.CompletedAt!.Value));
        json.Name("dataKeyDestroyed");
        json.Raw("true");
        json.Member("id", erasure.Id.ToString());
        json.Member("logHash", erasure.LogHash!.Value.AsSpan());
        json.Member("logSequence", erasure.LogSequence!.Value);
        json.Member("requestedAt", AuditNames.Of(erasure.RequestedAt));
        json.Member("tenant", erasure.TenantId.ToString());
        json.Member("user", erasure.UserId.ToString());
        json.Name("what");
        json.BeginArray();
        foreach (var part in erasure.What) json.String(part);
        json.EndArray();
        json.EndObject();
        return json.Bytes.ToArray();
    }

    public static bool IsSignedBy(this ErasureCertificate erasure, ECDsa key) => erasure.Signature is { } signature
        && key.VerifyData(erasure.Content(), signature.AsSpan(), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
