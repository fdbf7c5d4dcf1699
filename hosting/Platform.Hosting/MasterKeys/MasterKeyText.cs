using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Platform.Security;

namespace Platform.Hosting.MasterKeys;

/// <summary>A master key in base64.</summary>
internal static class MasterKeyText
{
    public const string Form = "it has to be 32 random bytes in base64, as of 'head -c 32 /dev/urandom | base64'";

    private const int Size = 32;

    public static bool IsKey(string base64)
    {
        using var key = TryRead(Encoding.UTF8.GetBytes(base64));
        return key is not null;
    }

    /// <summary>Null: it is none.</summary>
    /// <param name="base64">White space does not count. Wiped.</param>
    public static MasterKey? TryRead(Span<byte> base64)
    {
        Span<byte> key = stackalloc byte[Size + 1];
        try
        {
            return Base64.DecodeFromUtf8(base64, key, out _, out var written) == OperationStatus.Done && written == Size ? new MasterKey(key[..Size]) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
