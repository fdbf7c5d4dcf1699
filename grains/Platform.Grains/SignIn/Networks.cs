using System.Net;
using System.Net.Sockets;

namespace Platform.SignIn;

/// <summary>Addresses as guesses are counted by: one IPv4 address, or one IPv6 /64, which one customer usually has whole.</summary>
internal static class Networks
{
    private const string Unknown = "unknown";

    public static string Of(string? ip)
    {
        if (Parse(ip) is not { } address) return Unknown;
        return address.AddressFamily != AddressFamily.InterNetworkV6 ? address.ToString() : Block(address, bytes: 8);
    }

    /// <summary>What one party often has whole, and can send from as it likes: an IPv4 /24, an IPv6 /48.</summary>
    public static string WideOf(string? ip) =>
        Parse(ip) is not { } address ? Unknown : Block(address, bytes: address.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 3);

    private static IPAddress? Parse(string? ip)
    {
        if (!IPAddress.TryParse(ip, out var address)) return null;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static string Block(IPAddress address, int bytes)
    {
        var block = address.GetAddressBytes();
        block.AsSpan(bytes).Clear();
        return $"{new IPAddress(block)}/{bytes * 8}";
    }
}
