using System.Net;
using Platform.IpRules;

namespace Platform.Snippets;

/// <summary>
/// Which addresses are on the public Internet (IANA special-purpose registries, RFC 6890). All others lead to this machine, its network, its cloud's metadata service, or through a
/// translator to an IPv4 address that nobody has checked (threat T57).
/// </summary>
internal static class PublicAddresses
{
    private static readonly IpRanges Special = new(
        new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",

            // A cloud's metadata and platform service that answers at a public address.
            "168.63.129.16/32",
        }.Select(Parse));

    /// <summary>Global unicast is all that is public in IPv6; these parts of it are not.</summary>
    private static readonly IpRanges GlobalUnicast = new([Parse("2000::/3")]);
    private static readonly IpRanges SpecialV6 = new(new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48" }.Select(Parse));

    /// <summary>IPv4 in IPv6 form is judged as what it is.</summary>
    public static bool Contains(IPAddress address)
    {
        if (address.ScopeIdOrNone() != 0) return false;
        var number = IpNumber.Of(address).Value;
        return number.IsV6 ? GlobalUnicast.Contains(number) && !SpecialV6.Contains(number) : !Special.Contains(number);
    }

    private static long ScopeIdOrNone(this IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? address.ScopeId : 0;

    private static Cidr Parse(string block) => Cidr.TryParse(block, out var cidr) ? cidr : throw new InvalidOperationException($"{block} is no block of addresses.");
}
