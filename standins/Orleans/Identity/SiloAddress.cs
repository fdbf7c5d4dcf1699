using System.Net;

namespace Orleans.Runtime;

/// <summary>Where a silo says it is. The stand-in never listens there.</summary>
[GenerateSerializer, Immutable]
public sealed class SiloAddress : IEquatable<SiloAddress>
{
    private SiloAddress(IPEndPoint endpoint, int generation) => (Endpoint, Generation) = (endpoint, generation);

    [Id(0)]
    public IPEndPoint Endpoint { get; }

    [Id(1)]
    public int Generation { get; }

    public static SiloAddress New(IPEndPoint ep, int gen) => new(ep, gen);

    public static SiloAddress New(IPAddress address, int port, int generation) => new(new IPEndPoint(address, port), generation);

    public bool Equals(SiloAddress? other) => other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    public override int GetHashCode() => HashCode.Combine(Endpoint, Generation);

    public override string ToString() => $"S{Endpoint}:{Generation}";

    public string ToParsableString() => $"{Endpoint.Address}:{Endpoint.Port}@{Generation}";

    /// <exception cref="FormatException">It is not what <see cref="ToParsableString"/> makes.</exception>
    public static SiloAddress FromParsableString(string addr)
    {
        var (colon, at) = (addr.LastIndexOf(':'), addr.LastIndexOf('@'));
        if (colon < 0 || at < colon) throw new FormatException($"Invalid string SiloAddress: {addr}");
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return New(IPAddress.Parse(addr[..colon]), int.Parse(addr[(colon + 1)..at], culture), int.Parse(addr[(at + 1)..], culture));
    }
}

/// <summary>The silo this code runs in.</summary>
public interface ILocalSiloDetails
{
    string Name { get; }

    string ClusterId { get; }

    string DnsHostName { get; }

    SiloAddress SiloAddress { get; }

    SiloAddress? GatewayAddress { get; }
}
