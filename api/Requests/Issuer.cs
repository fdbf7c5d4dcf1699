namespace Platform.Api.Requests;

/// <summary>
/// The name of the platform as an authorization server (RFC 8414, section 2): the host that was asked, over HTTPS. It is told to whoever sent that host, and kept by no cache,
/// so a made-up one misleads its maker alone (decision 0097).
/// </summary>
internal sealed class Issuer
{
    private const int HttpsPort = 443;

    private Named? _last;

    /// <summary>Null for a request of HTTP/1.0 that names no host. Allocates where the host is another than the one before.</summary>
    public string? Of(HttpRequest request)
    {
        var host = request.Host;
        if (!host.HasValue) return null;
        var last = _last;
        if (last is not null && string.Equals(last.Host, host.Value, StringComparison.Ordinal)) return last.Name;
        var name = OwnOrigin.Of(host.Port == HttpsPort ? new HostString(host.Host) : host).ToLowerInvariant();
        _last = new Named(host.Value!, name);
        return name;
    }

    private sealed record Named(string Host, string Name);
}
