using System.Security.Cryptography;
using System.Text.Json;
using Platform.Audit;

namespace Platform.Api.Audit;

/// <summary>Checkpoints from a file (one answer of the API, or several, one after the other), each with its signature checked.</summary>
internal sealed class CheckpointFile
{
    public static readonly CheckpointFile None = new([], []);

    private readonly Dictionary<long, AuditCheckpoint> _bySequence;

    private CheckpointFile(Dictionary<long, AuditCheckpoint> bySequence, IReadOnlyCollection<string> keys) => (_bySequence, Keys) = (bySequence, keys);

    /// <summary>Ids of the keys that signed them.</summary>
    public IReadOnlyCollection<string> Keys { get; }

    public int Count => _bySequence.Count;

    public AuditCheckpoint? Last => _bySequence.Count == 0 ? null : _bySequence.MaxBy(c => c.Key).Value;

    public AuditCheckpoint? At(long sequence) => _bySequence.GetValueOrDefault(sequence);

    /// <param name="json">The file.</param>
    /// <param name="key">The only key that counts; null: those that the file names.</param>
    /// <exception cref="FormatException">A signature is not good, or by another key.</exception>
    public static CheckpointFile Read(string json, string? key)
    {
        var checkpoints = new Dictionary<long, AuditCheckpoint>();
        var used = new SortedSet<string>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(json);
        var keys = new Dictionary<string, ECDsa>(StringComparer.Ordinal);
        foreach (var item in document.RootElement.GetProperty("keys").EnumerateArray())
        {
            var publicKey = ECDsa.Create();
            publicKey.ImportFromPem(item.GetProperty("publicKey").GetString());
            // The id is computed, not believed.
            keys[AuditSignatures.KeyIdOf(publicKey.ExportSubjectPublicKeyInfo())] = publicKey;
        }

        foreach (var item in document.RootElement.GetProperty("items").EnumerateArray())
        {
            var checkpoint = new AuditCheckpoint
            {
                TenantId = PrefixedId.Parse<TenantId>(item.GetProperty("tenantId").GetString()!),
                Sequence = item.GetProperty("sequence").GetInt64(),
                Time = item.GetProperty("time").GetDateTimeOffset(),
                Hash = [.. Convert.FromHexString(item.GetProperty("hash").GetString()!)],
                KeyId = item.GetProperty("keyId").GetString()!,
                Signature = [.. Convert.FromHexString(item.GetProperty("signature").GetString()!)],
            };
            if (key is not null && checkpoint.KeyId != key) throw new FormatException($"the checkpoint at {checkpoint.Sequence} was signed by key {checkpoint.KeyId}.");
            if (!keys.TryGetValue(checkpoint.KeyId, out var signer) || !checkpoint.IsSignedBy(signer))
            {
                throw new FormatException($"the signature of the checkpoint at {checkpoint.Sequence} is not good.");
            }

            used.Add(checkpoint.KeyId);
            checkpoints[checkpoint.Sequence] = checkpoint;
        }

        return new CheckpointFile(checkpoints, used);
    }
}
