namespace Platform.Api.Requests;

/// <summary>Where a request ends. What a proxy could read otherwise than this server is refused (threat T89).</summary>
internal static class Framing
{
    /// <summary>
    /// Where Kestrel puts the length of a request that also says it is chunked, before it reads the request as chunked. RFC 9112, 6.3, allows that; refusing is safer.
    /// </summary>
    private const string DisplacedLength = "X-Content-Length";

    private const string Chunked = "chunked";

    public static bool IsAmbiguous(HttpRequest request)
    {
        var encoding = request.Headers.TransferEncoding;
        if (encoding.Count == 0) return false;
        return encoding.Count > 1
            || !string.Equals(encoding[0], Chunked, StringComparison.OrdinalIgnoreCase)
            || request.Headers.ContainsKey(DisplacedLength)
            || !HttpProtocol.IsHttp11(request.Protocol);
    }
}
