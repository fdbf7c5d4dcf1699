using Microsoft.Extensions.Primitives;

namespace Platform.Api.Browser;

/// <summary>Headers on every answer (threat T61). Shared values: setting them allocates nothing.</summary>
internal static class SecurityHeaders
{
    private static readonly StringValues TransportSecurity = "max-age=63072000; includeSubDomains";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    private static readonly StringValues NoReferrer = "no-referrer";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues SameOrigin = "same-origin";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues ClearedData = "\"cookies\", \"storage\"";

    /// <summary>Nothing is stored anywhere unless an endpoint says otherwise.</summary>
    public static void Apply(IHeaderDictionary headers)
    {
        headers.StrictTransportSecurity = TransportSecurity;
        headers.XContentTypeOptions = NoSniff;
        headers.ContentSecurityPolicy = Nothing;
        headers["Referrer-Policy"] = NoReferrer;
        headers.XFrameOptions = Deny;
        headers["Cross-Origin-Resource-Policy"] = SameOrigin;
        headers.CacheControl = NoStore;
    }

    public static void ClearSiteData(IHeaderDictionary headers) => headers["Clear-Site-Data"] = ClearedData;
}
