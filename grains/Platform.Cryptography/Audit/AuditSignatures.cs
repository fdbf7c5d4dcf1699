using System.Security.Cryptography;

namespace Platform.Audit;

/// <summary>What of a checkpoint is signed, and how: ECDSA on P-256 with SHA-256.</summary>
public static class AuditSignatures
{
    private const string Domain = "platform-audit-checkpoint-v1\n";

    /// <summary>What is signed: a domain line and canonical JSON.</summary>
    public static byte[] ContentOf(TenantId tenant, long sequence, DateTimeOffset time, ReadOnlySpan<byte> hash)
    {
        var json = new CanonicalJson();
        json.Ascii(Domain);
        json.BeginObject();
        json.Member("hash", hash);
        json.Member("sequence", sequence);
        json.Member("tenantId", tenant.ToString());
        json.Member("time", AuditNames.Of(time));
        json.EndObject();
        return json.Bytes.ToArray();
    }

    public static bool IsSignedBy(this AuditCheckpoint checkpoint, ECDsa key) => key.VerifyData(
        ContentOf(checkpoint.TenantId, checkpoint.Sequence, checkpoint.Time, checkpoint.Hash.AsSpan()),
        checkpoint.Signature.AsSpan(),
        HashAlgorithmName.SHA256,
        DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <inheritdoc cref="AuditPublicKey"/>
    public static string KeyIdOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 16));
}
