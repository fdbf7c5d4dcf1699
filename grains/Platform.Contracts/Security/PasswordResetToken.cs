using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Platform.Security;

/// <summary>
/// The token of a reset link: user id and 256-bit secret, sealed by the master key, so that made-up tokens end at the host. It is of no use in any other call,
/// and no other token is of use here. Storage keeps only the secret's hash.
/// </summary>
public static class PasswordResetToken
{
    private const string Purpose = "password-reset";
    private const int IdSize = 16;
    private const int SecretSize = 32;
    private const int MaxTextLength = 200;

    public static string Seal(MasterKey master, UserId user, ReadOnlySpan<byte> secret)
    {
        Span<byte> content = stackalloc byte[IdSize + SecretSize];
        user.Value.TryWriteBytes(content, bigEndian: true, out _);
        secret.CopyTo(content[IdSize..]);
        return Base64Url.EncodeToString(master.Wrap(content, Purpose).AsSpan());
    }

    public static bool TryOpen(MasterKey master, string? text, out UserId user, out ImmutableArray<byte> secretHash)
    {
        (user, secretHash) = (default, []);
        if (text is not { Length: > 0 and <= MaxTextLength } || !Base64Url.IsValid(text)) return false;
        try
        {
            var content = master.Unwrap(Base64Url.DecodeFromChars(text), Purpose);
            if (content.Length != IdSize + SecretSize) return false;
            user = UserId.From(new Guid(content.AsSpan(0, IdSize), bigEndian: true));
            secretHash = [.. SHA256.HashData(content.AsSpan(IdSize))];
            return true;
        }
        catch (Exception failure) when (failure is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
