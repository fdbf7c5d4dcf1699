using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Platform.IpRules;

/// <summary>An address as a number, IPv4 and IPv6 apart.</summary>
public readonly record struct IpNumber(UInt128 Value, bool IsV6)
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Bits.</summary>
    public int Width => IsV6 ? 128 : 32;

    /// <summary>IPv4 in IPv6 form becomes IPv4. Allocates nothing.</summary>
    [return: NotNullIfNotNull(nameof(address))]
    public static IpNumber? Of(IPAddress? address)
    {
        if (address is null) return null;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 4 ? new IpNumber(BinaryPrimitives.ReadUInt32BigEndian(bytes), IsV6: false)
            : address.IsIPv4MappedToIPv6 ? new IpNumber(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), IsV6: false)
            : new IpNumber(BinaryPrimitives.ReadUInt128BigEndian(bytes), IsV6: true);
    }

    /// <summary>Null for what is not an address in the usual spelling.</summary>
    public static IpNumber? Of(string? text) => TryParse(text, out var address) ? Of(address) : null;

    /// <summary>
    /// Usual spellings only. The class library takes zone ids, brackets with ports, NULs at the end, and numbers and parts in octal or hexadecimal besides: forms that others
    /// read differently (threat T63).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.ContainsAnyExcept(Letters) || !IPAddress.TryParse(text, out var parsed)) return false;
        if (parsed.AddressFamily == AddressFamily.InterNetwork && !text.SequenceEqual(parsed.ToString())) return false;
        address = parsed;
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return new IPAddress(IsV6 ? bytes : bytes[12..]).ToString();
    }
}
