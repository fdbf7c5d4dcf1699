using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Platform.Deletion;
using Platform.Privacy;
using Platform.Security;

namespace Platform.Audit;

/// <summary>Signs and checks checkpoints with the installation's keys, which it reads once a day.</summary>
internal sealed class AuditSigner(IGrainFactory grains, MasterKey master, IOptions<PlatformOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private ImmutableArray<(string KeyId, ECDsa Key, ImmutableArray<byte> PublicKey)> _keys = [];
    private DateTimeOffset _readAt;

    /// <summary>After this, signing needs no other grain for a day: also while the silo stops. Keys that are known serve on while no newer ones can be had.</summary>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!_keys.IsEmpty && now < _readAt + Freshness) return;
        try
        {
            var wrapped = await grains.AuditSigning(options.Value.Environment).GetAsync(cancellationToken);
            lock (_gate) _keys = [.. _keys, .. wrapped.Where(key => _keys.All(known => known.KeyId != key.KeyId)).Select(Open)];
        }
        catch (Exception) when (!_keys.IsEmpty)
        {
            // Tried again the next day.
        }

        _readAt = now;
    }

    public async Task<AuditCheckpoint> SignAsync(TenantId tenant, AuditHead head, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var now = time.GetUtcNow();
        var content = AuditSignatures.ContentOf(tenant, head.Sequence, now, head.Hash.Span);
        lock (_gate)
        {
            var (keyId, key, _) = _keys[^1];
            return new AuditCheckpoint
            {
                TenantId = tenant,
                Sequence = head.Sequence,
                Time = now,
                Hash = [.. head.Hash.Span],
                KeyId = keyId,
                Signature = [.. key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)],
            };
        }
    }

    /// <param name="erasure">Complete but for the signature.</param>
    public async Task<ErasureCertificate> SignAsync(ErasureCertificate erasure, CancellationToken cancellationToken)
    {
        var (keyId, signature) = await SignAsync(erasure.Content(), cancellationToken);
        return erasure with { KeyId = keyId, Signature = signature };
    }

    /// <param name="deletion">Complete but for the signature.</param>
    public async Task<TenantDeletionView> SignAsync(TenantDeletionView deletion, CancellationToken cancellationToken)
    {
        var (keyId, signature) = await SignAsync(deletion.Content(), cancellationToken);
        return deletion with { KeyId = keyId, Signature = signature };
    }

    public async Task<bool> IsGenuineAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        lock (_gate) return _keys.FirstOrDefault(k => k.KeyId == checkpoint.KeyId) is { Key: { } key } && checkpoint.IsSignedBy(key);
    }

    public async Task<ImmutableArray<AuditPublicKey>> PublicKeysAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        return [.. _keys.Select(k => new AuditPublicKey(k.KeyId, k.PublicKey))];
    }

    private async Task<(string KeyId, ImmutableArray<byte> Signature)> SignAsync(byte[] content, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        lock (_gate)
        {
            var (keyId, key, _) = _keys[^1];
            return (keyId, [.. key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)]);
        }
    }

    private (string KeyId, ECDsa Key, ImmutableArray<byte> PublicKey) Open(WrappedSigningKey wrapped)
    {
        var key = ECDsa.Create();
        var secret = master.Unwrap(wrapped.Wrapped.AsSpan(), KeyPurposes.AuditSigning);
        key.ImportPkcs8PrivateKey(secret, out _);
        CryptographicOperations.ZeroMemory(secret);
        var publicKey = key.ExportSubjectPublicKeyInfo();
        return (AuditSignatures.KeyIdOf(publicKey), key, [.. publicKey]);
    }
}
