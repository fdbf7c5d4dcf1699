using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Platform.Api.Tokens;

/// <summary>
/// The value of the cookie and of the bearer header: <c>version 1 ‖ key id 4 ‖ nonce 12 ‖ sealed 57 ‖ tag 16</c>, base64url, always 120 characters.
/// Sealed are kind 1, session id 16, secret 32 and absolute expiry 8.
/// </summary>
/// <remarks>
/// Version, key id and environment name are authenticated with it, so a token of another environment does not open (row DMZ). 90 bytes make
/// 120 characters without unused bits: no two texts mean the same token. Sealing and opening allocate nothing but the text itself.
/// </remarks>
internal static class SessionToken
{
    public const int TextLength = 120;
    public const int SecretSize = 32;
    public const int HashSize = SHA256.HashSizeInBytes;
    public const byte Version = 1;

    private const byte SessionKind = 1;
    private const int IdAt = 1;
    private const int SecretAt = IdAt + 16;
    private const int ExpiryAt = SecretAt + SecretSize;
    private const int ContentSize = ExpiryAt + 8;
    private const int ContentAt = 1 + 4 + TokenKey.NonceSize;
    private const int Size = ContentAt + ContentSize + TokenKey.TagSize;

    /// <summary>Text to bytes; false when it cannot be a token of ours. Reads the key id, proves nothing.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> token, out uint keyId)
    {
        keyId = 0;
        if (text.Length != TextLength) return false;
        if (Base64Url.DecodeFromChars(text, token, out _, out var written) != System.Buffers.OperationStatus.Done || written != Size) return false;
        if (token[0] != Version) return false;
        keyId = BinaryPrimitives.ReadUInt32BigEndian(token[1..]);
        return true;
    }

    public static int DecodedSize => Size;

    /// <summary>True when the key sealed this token and it has not expired. Gives the session's id and the hash of its secret.</summary>
    public static bool TryOpen(TokenKey key, ReadOnlySpan<byte> token, DateTimeOffset now, Span<byte> secretHash, out SessionId id)
    {
        id = default;
        Span<byte> content = stackalloc byte[ContentSize];
        if (!key.TryDecrypt(token.Slice(5, TokenKey.NonceSize), token.Slice(ContentAt, ContentSize), token[^TokenKey.TagSize..], content)) return false;
        try
        {
            if (content[0] != SessionKind || now.UtcTicks >= BinaryPrimitives.ReadInt64BigEndian(content[ExpiryAt..])) return false;
            id = SessionId.From(new Guid(content.Slice(IdAt, 16), bigEndian: true));
            SHA256.HashData(content.Slice(SecretAt, SecretSize), secretHash);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    public static string Seal(TokenKey key, SessionId id, ReadOnlySpan<byte> secret, DateTimeOffset absoluteExpiry)
    {
        Span<byte> content = stackalloc byte[ContentSize];
        content[0] = SessionKind;
        id.Value.TryWriteBytes(content.Slice(IdAt, 16), bigEndian: true, out _);
        secret.CopyTo(content.Slice(SecretAt, SecretSize));
        BinaryPrimitives.WriteInt64BigEndian(content[ExpiryAt..], absoluteExpiry.UtcTicks);

        Span<byte> token = stackalloc byte[Size];
        token[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(token[1..], key.KeyId);
        var nonce = token.Slice(5, TokenKey.NonceSize);
        RandomNumberGenerator.Fill(nonce);
        key.Encrypt(nonce, content, token.Slice(ContentAt, ContentSize), token[^TokenKey.TagSize..]);
        CryptographicOperations.ZeroMemory(content);
        return Base64Url.EncodeToString(token);
    }
}
