using System.Net;
using Platform.Api.Problems;
using Platform.Api.Requests;
using Platform.IpRules;

namespace Platform.Api.ForwardedHeaders;

/// <summary>
/// Plain HTTP is served to trusted proxies only, and only for what reached them over HTTPS; all else is refused, never redirected (row TLS).
/// The client's address is the rightmost one in <c>X-Forwarded-For</c> that no trusted proxy owns (threat T62). Headers of others mean nothing.
/// </summary>
internal sealed class TrustedProxyMiddleware(RequestDelegate next, IOptions<ProxyOptions> options)
{
    private readonly ProxyOptions _options = options.Value;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var trusted = _options.Trusts(context.Connection.RemoteIpAddress);
        if (!request.IsHttps)
        {
            if (!trusted || !WasHttps(request.Headers)) return new Problem(ProblemKind.HttpsRequired).ExecuteAsync(context);
            request.Scheme = Uri.UriSchemeHttps;
        }

        if (trusted) context.Connection.RemoteIpAddress = Client(request.Headers, context.Connection.RemoteIpAddress!);
        return next(context);
    }

    /// <summary>The nearest proxy's word, which it appends last.</summary>
    private static bool WasHttps(IHeaderDictionary headers)
    {
        var hops = headers["X-Forwarded-Proto"].ToString().Split(',', StringSplitOptions.TrimEntries);
        return string.Equals(hops[^1], Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
    }

    private IPAddress Client(IHeaderDictionary headers, IPAddress peer)
    {
        var client = ClientAddress.Unmap(peer);
        var hops = string.Join(',', headers["X-Forwarded-For"].ToArray()).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = hops.Length - 1; i >= 0; i--)
        {
            if (!TryParse(hops[i], out var hop)) break;
            client = hop;
            if (!_options.Trusts(hop)) break;
        }

        return client;
    }

    /// <summary>An address with or without a port; IPv6 with a port stands in brackets. Only the usual spelling of an IPv4 address.</summary>
    private static bool TryParse(string hop, out IPAddress address)
    {
        address = IPAddress.None;
        var text = hop.AsSpan();
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            if (end < 0) return false;
            text = text[1..end];
        }
        else if (text.IndexOf(':') is var colon and > 0 && text.LastIndexOf(':') == colon)
        {
            text = text[..colon];
        }

        if (!IpNumber.TryParse(text, out var parsed)) return false;
        address = ClientAddress.Unmap(parsed);
        return true;
    }
}
