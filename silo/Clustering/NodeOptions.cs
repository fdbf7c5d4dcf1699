using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Platform.Silo.Clustering;

/// <summary>Section <c>Platform:Cluster</c>: where this silo is for the others (topologies <see cref="Topology.Cohosted"/> and, for the silo executable, <see cref="Topology.Cluster"/>).</summary>
public sealed class NodeOptions
{
    public const string Section = PlatformOptions.Section + ":Cluster";

    /// <summary>The IP address at which the other silos reach this one, and at which it listens. Default: loopback, for trying several on one machine.</summary>
    [Required]
    public string Address { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>Silos talk to each other here. Keep it the same over restarts: a silo that comes back at its address replaces its former self at once. Default 11111.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>API hosts that are no silos come in here; 0 (default) for none.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; }

    internal IPAddress IPAddress => IPAddress.Parse(Address);
}

/// <summary>Faults that no attribute sees.</summary>
internal sealed class NodeOptionsValidator : IValidateOptions<NodeOptions>
{
    public ValidateOptionsResult Validate(string? name, NodeOptions options)
    {
        if (!IPAddress.TryParse(options.Address, out var address)) return Fault($"{options.Address} is not an IP address.");
        // Grain calls are trusted once they are in (threat T80).
        return IPAddress.IsLoopback(address)
            ? ValidateOptionsResult.Success
            : Fault("only a loopback address is possible: the connections between silos are not encrypted yet.");
    }

    private static ValidateOptionsResult Fault(string text) => ValidateOptionsResult.Fail($"{NodeOptions.Section}:{nameof(NodeOptions.Address)}: {text}");
}
