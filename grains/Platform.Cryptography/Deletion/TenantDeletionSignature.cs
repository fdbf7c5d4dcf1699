using System.Security.Cryptography;
using Platform.Audit;

namespace Platform.Deletion;

/// <summary>What of a <see cref="TenantDeletionView"/> is signed. Signed like a checkpoint of the log.</summary>
public static class TenantDeletionSignature
{
    private const string Domain = "platform-tenant-deletion-v1\n";

    /// <summary>A domain line and canonical JSON.</summary>
    public static byte[] Content(this TenantDeletionView deletion)
    {
        var json = new CanonicalJson();
        json.Ascii(Domain);
        json.BeginObject();
        json.Member("completedAt", AuditNames.Of(deletion.CompletedAt!.Value));
        json.Name("counts");
        json.BeginObject();
        foreach (var (kind, count) in deletion.Counts) json.Member(kind, count);
        json.EndObject();
        json.Name("dataKeysDestroyed");
        json.Raw("true");
        json.Member("logHash", deletion.LogHash!.Value.AsSpan());
        json.Member("logSequence", deletion.LogSequence!.Value);
        json.Member("requestedAt", AuditNames.Of(deletion.RequestedAt));
        json.Member("requestedBy", deletion.RequestedBy.ToString());
        json.Member("tenant", deletion.TenantId.ToString());
        json.EndObject();
        return json.Bytes.ToArray();
    }

    public static bool IsSignedBy(this TenantDeletionView deletion, ECDsa key) => deletion.Signature is { } signature
        && key.VerifyData(deletion.Content(), signature.AsSpan(), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
