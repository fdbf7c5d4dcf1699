using System.ComponentModel.DataAnnotations;

namespace Platform.Api.Limits;

/// <summary>Section <c>Platform:Limits</c>: bounds of one host, against slow and greedy clients (threats T66, T67, T68).</summary>
internal sealed class LimitsOptions
{
    public const string Section = "Platform:Limits";

    /// <summary>
    /// Connections at a time. Default 20,000, or fewer where the limit of open files leaves less (<c>ConnectionBounds</c>). One that the limit does not allow stops the start.
    /// </summary>
    [Range(1, 10_000_000)]
    public int? MaxConnections { get; set; }

    /// <summary>
    /// Connections at a time of one client address (one IPv4 address or one IPv6 /64), trusted proxies excepted. Default a quarter of all; no bound where it is as many as all.
    /// </summary>
    [Range(1, 10_000_000)]
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>Time for a client to send its headers. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Exports and checks of access logs at a time, for all tenants. Default 8; one more is refused with 429.</summary>
    [Range(1, 1_000)]
    public int MaxLogReads { get; set; } = 8;

    /// <summary>The same for one tenant. Default 2.</summary>
    [Range(1, 1_000)]
    public int MaxLogReadsPerTenant { get; set; } = 2;

    /// <summary>Time for requests in flight to end when the host stops. Default 15 seconds; then come up to ten for what is still to be written.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
