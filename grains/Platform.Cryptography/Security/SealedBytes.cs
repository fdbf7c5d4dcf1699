using System.Security.Cryptography;

namespace Platform.Security;

/// <summary>Authenticated encryption as it lies at rest: random nonce, ciphertext, tag. Bound to a context, so that it opens nowhere else.</summary>
public static class SealedBytes
{
    public const int TagSize = 16;

    /// <summary>By so much it is longer than what was sealed.</summary>
    public const int Overhead = NonceSize + TagSize;

    private const int NonceSize = 12;

    public static byte[] Seal(AesGcm aes, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context)
    {
        var result = new byte[plain.Length + Overhead];
        var nonce = result.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        aes.Encrypt(nonce, plain, result.AsSpan(NonceSize, plain.Length), result.AsSpan(NonceSize + plain.Length), context);
        return result;
    }

    /// <param name="aes">The key.</param>
    /// <param name="stored">At least <see cref="Overhead"/> bytes.</param>
    /// <param name="context">As it was sealed.</param>
    /// <exception cref="AuthenticationTagMismatchException">Another key or context, or altered.</exception>
    public static byte[] Open(AesGcm aes, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> context)
    {
        var plain = new byte[stored.Length - Overhead];
        aes.Decrypt(stored[..NonceSize], stored[NonceSize..^TagSize], stored[^TagSize..], plain, context);
        return plain;
    }
}
