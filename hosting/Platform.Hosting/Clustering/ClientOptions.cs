using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Platform.Hosting.Clustering;

/// <summary>Section <c>Platform:Cluster</c>, for an API host whose grains are in silos elsewhere (topology <see cref="Topology.Cluster"/>).</summary>
internal sealed class ClientOptions
{
    public const string Section = PlatformOptions.Section + ":Cluster";

    /// <summary>Gateways of the silos, each as <c>address:port</c>. Name all: which of them are alive, the host finds out.</summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>For how long the start waits for a gateway that answers. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartupTimeout { get; set; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<IPEndPoint> EndPoints => Gateways.Select(IPEndPoint.Parse);
}

/// <summary>Faults that no attribute sees.</summary>
internal sealed class ClientOptionsValidator : IValidateOptions<ClientOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientOptions options)
    {
        if (options.Gateways.Count == 0) return Fault("name the gateways of the silos, each as address:port.");
        var faults = options.Gateways.Where(gateway => !IsEndPoint(gateway)).Select(gateway => $"{gateway} is not an IP address and a port.").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : Fault([.. faults]);
    }

    private static bool IsEndPoint(string text) => IPEndPoint.TryParse(text, out var gateway) && gateway.Port != 0;

    private static ValidateOptionsResult Fault(params string[] texts) =>
        ValidateOptionsResult.Fail(texts.Select(text => $"{ClientOptions.Section}:{nameof(ClientOptions.Gateways)}: {text}"));
}
