using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Platform.Security;

namespace Platform.Api.Tokens;

/// <summary>
/// The text of an API key: <c>platform_sk_</c>, then id, tenant, 256-bit secret and a tag in base 62, then a CRC-32 of all before it, so that scanners of
/// published code find it without asking us.
/// </summary>
/// <remarks>
/// The checksum proves nothing; anybody can compute it. The tag does: it is made with a key that follows from the index key and the environment, so that
/// made-up keys and those of another environment end here and no grain is called (threats T33, T35). What is stored is a hash of the secret.
/// </remarks>
internal sealed class ApiKeyText(IndexKey index, IOptions<PlatformOptions> options)
{
    public const string Start = "platform_sk_";
    public const int SecretSize = 32;
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>The part that lists show: enough of the id to distinguish keys.</summary>
    public const int PrefixLength = 20;

    private const int TagSize = 16;
    private const int TagAt = 64;
    private const int Size = TagAt + TagSize;
    private const int BlockSize = 16;
    private const int Body = Size / BlockSize * Base62.BlockLength;
    private const int Length = 12 + Body + Base62.ChecksumLength;

    private readonly string _purpose = "api-key:" + options.Value.Environment;

    /// <summary>Whether a bearer text means to be one of these, and so no session's token.</summary>
    public static bool IsMeant(ReadOnlySpan<char> text) => text.StartsWith(Start, StringComparison.Ordinal);

    public string Make(ApiKeyId id, TenantId tenant, ReadOnlySpan<byte> secret)
    {
        Span<byte> bytes = stackalloc byte[Size];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        // Ids of one day begin alike: the random end goes first.
        bytes[..BlockSize].Reverse();
        tenant.Value.TryWriteBytes(bytes[BlockSize..], bigEndian: true, out _);
        secret.CopyTo(bytes[(2 * BlockSize)..]);
        Tag(bytes[..TagAt], bytes[TagAt..]);
        Span<char> text = stackalloc char[Length];
        Start.CopyTo(text);
        for (var block = 0; block < Size / BlockSize; block++)
        {
            Base62.Write(BinaryPrimitives.ReadUInt128BigEndian(bytes[(block * BlockSize)..]), text.Slice(Start.Length + (block * Base62.BlockLength), Base62.BlockLength));
        }

        Base62.Write(Checksum.Of(text[..(Start.Length + Body)]), text[^Base62.ChecksumLength..]);
        CryptographicOperations.ZeroMemory(bytes);
        return new string(text);
    }

    /// <summary>True for a key that was made here. Calls nothing and allocates nothing.</summary>
    public bool TryOpen(ReadOnlySpan<char> text, Span<byte> secretHash, out ApiKeyId id, out TenantId tenant)
    {
        (id, tenant) = (default, default);
        if (text.Length != Length || !IsMeant(text)) return false;
        if (!Base62.TryRead(text[^Base62.ChecksumLength..], out var checksum) || checksum != Checksum.Of(text[..^Base62.ChecksumLength])) return false;
        Span<byte> bytes = stackalloc byte[Size];
        for (var block = 0; block < Size / BlockSize; block++)
        {
            if (!Base62.TryRead(text.Slice(Start.Length + (block * Base62.BlockLength), Base62.BlockLength), out var value)) return false;
            BinaryPrimitives.WriteUInt128BigEndian(bytes[(block * BlockSize)..], value);
        }

        Span<byte> tag = stackalloc byte[TagSize];
        Tag(bytes[..TagAt], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, bytes[TagAt..])) return false;
        SHA256.HashData(bytes.Slice(2 * BlockSize, SecretSize), secretHash);
        bytes[..BlockSize].Reverse();
        id = ApiKeyId.From(new Guid(bytes[..BlockSize], bigEndian: true));
        tenant = TenantId.From(new Guid(bytes.Slice(BlockSize, BlockSize), bigEndian: true));
        CryptographicOperations.ZeroMemory(bytes);
        return true;
    }

    private void Tag(ReadOnlySpan<byte> content, Span<byte> tag)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(index.Derive(_purpose), content, full);
        full[..TagSize].CopyTo(tag);
    }
}

/// <summary>Whole numbers as a fixed number of digits and letters. Each number has one form.</summary>
internal static class Base62
{
    /// <summary>Of 128 bits.</summary>
    public const int BlockLength = 22;

    /// <summary>Of 32 bits.</summary>
    public const int ChecksumLength = 6;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly UInt128 Highest = UInt128.MaxValue / 62;

    public static void Write(UInt128 value, Span<char> text)
    {
        for (var i = text.Length - 1; i >= 0; i--) (value, text[i]) = (value / 62, Digits[(int)(value % 62)]);
    }

    public static bool TryRead(ReadOnlySpan<char> text, out UInt128 value)
    {
        value = 0;
        foreach (var c in text)
        {
            var digit = c switch
            {
                >= '0' and <= '9' => c - '0',
                >= 'A' and <= 'Z' => c - 'A' + 10,
                >= 'a' and <= 'z' => c - 'a' + 36,
                _ => -1,
            };
            if (digit < 0 || value > Highest) return false;
            var next = (value * 62) + (uint)digit;
            if (next < (uint)digit) return false;
            value = next;
        }

        return true;
    }
}

/// <summary>CRC-32 as in zip files (IEEE 802.3) of ASCII text.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<char> text)
    {
        Span<byte> ascii = stackalloc byte[MaxLength];
        return Ascii.FromUtf16(text, ascii, out var length) == OperationStatus.Done ? Crc32.HashToUInt32(ascii[..length]) : uint.MaxValue;
    }

    /// <summary>Longer than any key.</summary>
    private const int MaxLength = 256;
}
