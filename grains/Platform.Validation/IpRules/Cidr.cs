using Platform.Text;

namespace Platform.IpRules;

/// <summary>A block of IPv4 or IPv6 addresses in CIDR form (RFC 4632, RFC 4291). An IPv6 block never holds an IPv4 address.</summary>
/// <remarks>
/// Only text that can be read in one way: no leading zeros or missing parts (<c>010.0.0.1</c> is 8.0.0.1 to some), no zone ids, no bits behind the prefix.
/// IPv4 in IPv6 form is IPv4: <c>::ffff:10.0.0.0/104</c> is <c>10.0.0.0/8</c> (threat T63).
/// </remarks>
public readonly record struct Cidr
{
    private const int MappedPrefix = 96;

    private Cidr(IpNumber first, int prefixLength) => (First, PrefixLength) = (first, prefixLength);

    public IpNumber First { get; }

    /// <summary>0 to 32, or to 128 for IPv6.</summary>
    public int PrefixLength { get; }

    public IpNumber Last => First with { Value = First.Value | HostMask(First.Width, PrefixLength) };

    public bool Contains(IpNumber address) => address.IsV6 == First.IsV6 && (address.Value & ~HostMask(First.Width, PrefixLength)) == First.Value;

    /// <summary>A block, or a single address without a prefix.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Cidr cidr)
    {
        cidr = default;
        var slash = text.IndexOf('/');
        if (!IpNumber.TryParse(slash < 0 ? text : text[..slash], out var address)) return false;
        var first = IpNumber.Of(address).Value;
        var prefix = first.Width;
        if (slash >= 0)
        {
            if (!WholeNumber.TryParse(text[(slash + 1)..], out prefix)) return false;
            if (address.IsIPv4MappedToIPv6) prefix -= MappedPrefix;
        }

        if (prefix < 0 || prefix > first.Width || (first.Value & HostMask(first.Width, prefix)) != 0) return false;
        cidr = new Cidr(first, prefix);
        return true;
    }

    public override string ToString() => $"{First}/{PrefixLength}";

    private static UInt128 HostMask(int width, int prefixLength)
    {
        var bits = width - prefixLength;
        return bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
    }
}
