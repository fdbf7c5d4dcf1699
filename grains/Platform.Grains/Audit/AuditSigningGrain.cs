using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Security;
using Platform.State;

namespace Platform.Audit;

/// <summary>A key that signs checkpoints, wrapped by the master key. Its public half is derived from it, never believed.</summary>
[GenerateSerializer, Immutable, Alias("platform.WrappedSigningKey")]
internal sealed record WrappedSigningKey
{
    [Id(0)] public required string KeyId { get; init; }

    /// <summary>PKCS #8.</summary>
    [Id(1)] public required ImmutableArray<byte> Wrapped { get; init; }
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.StoredSigningKeys")]
internal sealed record StoredSigningKeys
{
    /// <summary>The last one signs; the others stay, so that what they signed can be checked.</summary>
    [Id(0)] public ImmutableArray<WrappedSigningKey> Keys { get; init; } = [];
}

/// <summary>Key: <c>audkey_&lt;environment&gt;</c>. Keeps the keys that sign checkpoints of all access logs. A new one is made each year (NIST SP 800-57: one to three years).</summary>
[Alias("platform.IAuditSigningGrain")]
internal interface IAuditSigningGrain : IGrainWithStringKey
{
    /// <summary>All keys, oldest first; there is at least one.</summary>
    [Alias("Get")]
    Task<ImmutableArray<WrappedSigningKey>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Wraps by the current master key what another one wrapped, and makes a new signing key beside. Done before: changes nothing.</summary>
    [Alias("Rewrap")]
    Task RewrapAsync(CancellationToken cancellationToken);
}

internal sealed class AuditSigningGrain(
    [CommittedState(StateNames.AuditSigning)] Committed<StoredSigningKeys> state,
    MasterKey master,
    TimeProvider time) : Grain, IAuditSigningGrain
{
    private static readonly TimeSpan Rotation = TimeSpan.FromDays(365);

    public async Task<ImmutableArray<WrappedSigningKey>> GetAsync(CancellationToken cancellationToken)
    {
        var keys = state.Value?.Keys ?? [];
        if (!keys.IsEmpty && time.GetUtcNow() < keys[^1].CreatedAt + Rotation) return keys;
        keys = [.. keys, NewKey()];
        await state.CommitAsync(new StoredSigningKeys { Keys = keys }, cancellationToken);
        return keys;
    }

    public async Task RewrapAsync(CancellationToken cancellationToken)
    {
        var keys = state.Value?.Keys ?? [];
        if (keys.All(key => master.IsByCurrent(key.Wrapped.AsSpan()))) return;
        await state.CommitAsync(
            new StoredSigningKeys { Keys = [.. keys.Select(key => key with { Wrapped = master.Rewrap(key.Wrapped.AsSpan(), KeyPurposes.AuditSigning) }), NewKey()] }, cancellationToken);
    }

    private WrappedSigningKey NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secret = key.ExportPkcs8PrivateKey();
        var wrapped = master.Wrap(secret, KeyPurposes.AuditSigning);
        CryptographicOperations.ZeroMemory(secret);
        return new WrappedSigningKey { KeyId = AuditSignatures.KeyIdOf(key.ExportSubjectPublicKeyInfo()), Wrapped = wrapped, CreatedAt = time.GetUtcNow() };
    }
}
