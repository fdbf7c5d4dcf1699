using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Platform.Security;

/// <summary>
/// An id and a 256-bit secret, sealed by the master key for one purpose: made-up ones end at the host, and one made for another purpose does not open.
/// Storage keeps only the secret's hash.
/// </summary>
internal static class SealedSecret
{
    private const int IdSize = 16;
    private const int SecretSize = 32;
    private const int MaxTextLength = 200;

    public static string Seal<TId>(MasterKey master, string purpose, TId id, ReadOnlySpan<byte> secret) where TId : struct, IPrefixedId<TId>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretSize);
        Span<byte> content = stackalloc byte[IdSize + SecretSize];
        id.Value.TryWriteBytes(content, bigEndian: true, out _);
        secret.CopyTo(content[IdSize..]);
        return Base64Url.EncodeToString(master.Wrap(content, purpose).AsSpan());
    }

    public static bool TryOpen<TId>(MasterKey master, string purpose, string? text, out TId id, out ImmutableArray<byte> secretHash) where TId : struct, IPrefixedId<TId>
    {
        (id, secretHash) = (default, []);
        if (text is not { Length: > 0 and <= MaxTextLength } || !Base64Url.IsValid(text)) return false;
        try
        {
            var bytes = Base64Url.DecodeFromChars(text);

            // Unused bits at the end, padding and blanks: no two texts mean the same.
            if (Base64Url.EncodeToString(bytes) != text) return false;
            var content = master.Unwrap(bytes, purpose);
            if (content.Length != IdSize + SecretSize) return false;
            id = TId.From(new Guid(content.AsSpan(0, IdSize), bigEndian: true));
            secretHash = [.. SHA256.HashData(content.AsSpan(IdSize))];
            return true;
        }
        catch (Exception failure) when (failure is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
