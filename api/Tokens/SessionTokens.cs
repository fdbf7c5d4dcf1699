using System.Security.Cryptography;

namespace Platform.Api.Tokens;

/// <summary>Makes the secrets of new sessions. The secret never leaves this process but inside a sealed token; grains see its hash.</summary>
internal sealed class SessionTokens(TokenKeyRing ring)
{
    /// <summary>Made before the grain is asked, so that a session is never opened for which no token could be sealed.</summary>
    public async ValueTask<FreshSecret> PrepareAsync(CancellationToken cancellationToken) => new(await ring.SealingKeyAsync(cancellationToken));
}

/// <summary>A 256-bit secret, to be sealed once.</summary>
internal sealed class FreshSecret(TokenKey key)
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SessionToken.SecretSize);

    public ImmutableArray<byte> SecretHash => ImmutableArray.Create(SHA256.HashData(_secret));

    public string Seal(SessionId id, DateTimeOffset absoluteExpiry)
    {
        var token = SessionToken.Seal(key, id, _secret, absoluteExpiry);
        CryptographicOperations.ZeroMemory(_secret);
        return token;
    }
}
