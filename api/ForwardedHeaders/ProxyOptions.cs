using System.Net;
using Platform.Api.Requests;

namespace Platform.Api.ForwardedHeaders;

/// <summary>Section <c>Platform:Proxy</c>. A TLS-terminating proxy in front of this host.</summary>
internal sealed class ProxyOptions
{
    public const string Section = "Platform:Proxy";

    /// <summary>
    /// Networks, CIDR, whose members may speak plain HTTP to us on behalf of HTTPS clients and name the client. A list, or one text with commas.
    /// Default none: then there is no plain HTTP and no header can change the client's address.
    /// </summary>
    public ImmutableArray<IPNetwork> TrustedNetworks { get; set; } = [];

    /// <summary>Reads the setting; what cannot be read is named in <paramref name="errors"/>.</summary>
    public static ImmutableArray<IPNetwork> Read(IConfiguration configuration, ICollection<string> errors)
    {
        var setting = configuration.GetSection(Section + ":TrustedNetworks");
        var texts = (setting.Value ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Concat(setting.GetChildren().Select(child => child.Value ?? ""));
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var text in texts)
        {
            // Printed back unchanged: refuses forms that parsers read differently, such as octal numbers.
            if (IPNetwork.TryParse(text, out var network) && network.ToString() == text) networks.Add(network);
            else errors.Add($"Platform:Proxy:TrustedNetworks: '{text}' is not a network in canonical CIDR form such as 10.0.0.0/8.");
        }

        return networks.ToImmutable();
    }

    public bool Trusts(IPAddress? address)
    {
        if (address is null) return false;
        var plain = ClientAddress.Unmap(address);
        return TrustedNetworks.Any(network => network.Contains(plain));
    }
}
