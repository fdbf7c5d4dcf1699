using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;
using Platform.Hosting.Clustering;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>Section <c>Platform:Cluster</c>: where this silo is for the others (topologies <see cref="Topology.Cohosted"/> and, for the silo executable, <see cref="Topology.Cluster"/>).</summary>
internal sealed class NodeOptions
{
    public const string Section = ClientOptions.Section;

    /// <summary>The usual port of a silo's gateway.</summary>
    public const int DefaultGatewayPort = 30000;

    /// <summary>
    /// The IP address at which the other silos and the API hosts reach this one, and at which it listens, for those with a certificate
    /// (<see cref="ClusterCertificateOptions"/>). Default: loopback, for trying several on one machine.
    /// </summary>
    [Required]
    public string Address { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>Silos talk to each other here. Keep it the same over restarts: a silo that comes back at its address replaces its former self at once. Default 11111.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>API hosts that are no silos come in here; 0 for none. Default: 30000 in the silo executable, otherwise 0.</summary>
    [Range(0, 65535)]
    public int? GatewayPort { get; set; }

    /// <summary>The silo executable answers <c>/livez</c> and <c>/readyz</c> here, over HTTP and on loopback only. Default 0: nowhere.</summary>
    [Range(0, 65535)]
    public int HealthPort { get; set; }

    internal IPAddress IPAddress => IPAddress.Parse(Address);

    internal int GatewayPortOf(Topology topology) => GatewayPort ?? (topology == Topology.Cluster ? DefaultGatewayPort : 0);
}

/// <summary>Faults that no attribute sees.</summary>
internal sealed class NodeOptionsValidator : IValidateOptions<NodeOptions>
{
    public ValidateOptionsResult Validate(string? name, NodeOptions options)
    {
        if (!IPAddress.TryParse(options.Address, out var address)) return Fault($"{options.Address} is not an IP address.");
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return Fault($"{options.Address} is no address at which others reach this silo: name the one of the interface that they use.");
        return ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fault(string text) => ValidateOptionsResult.Fail($"{NodeOptions.Section}:{nameof(NodeOptions.Address)}: {text}");
}
