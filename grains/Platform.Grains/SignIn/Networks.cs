using System.Net;
using System.Net.Sockets;

namespace Platform.SignIn;

/// <summary>Addresses as guesses are counted by: one IPv4 address, or one IPv6 /64, which one customer usually has whole.</summary>
internal static class Networks
{
    public static string Of(string? ip)
    {
        if (!IPAddress.TryParse(ip, out var address)) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes) + "/64";
    }
}
