using Microsoft.Extensions.Options;
using Orleans.Messaging;

namespace Platform.Hosting.Clustering;

/// <summary>The gateways of the settings, without those that the cluster has given up. Should that leave none, all: the cluster may have come back unseen.</summary>
internal sealed class GatewayList(IOptions<ClientOptions> options) : IGatewayListProvider
{
    public static readonly TimeSpan RefreshPeriod = TimeSpan.FromSeconds(10);

    private readonly Uri[] _configured = [.. options.Value.EndPoints.Select(gateway => gateway.ToGatewayUri())];
    private volatile Uri[]? _alive;

    public TimeSpan MaxStaleness => RefreshPeriod;

    public bool IsUpdatable => true;

    /// <param name="gateways">Of the members of the cluster, as <c>address:port</c>.</param>
    public void Know(IEnumerable<string> gateways)
    {
        var members = gateways.ToHashSet(StringComparer.Ordinal);
        _alive = [.. _configured.Where(gateway => members.Contains(gateway.Authority))];
    }

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public Task<IList<Uri>> GetGateways() => Task.FromResult<IList<Uri>>(_alive is { Length: > 0 } alive ? alive : _configured);
}
