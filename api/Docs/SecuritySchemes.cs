using Microsoft.OpenApi;
using Platform.Api.Binding;
using Platform.Api.Browser;

namespace Platform.Api.Docs;

/// <summary>The ways in which a caller proves who it is.</summary>
internal static class SecuritySchemes
{
    public static Dictionary<string, IOpenApiSecurityScheme> All() => new(StringComparer.Ordinal)
    {
        [CredentialSchemes.Cookie] = OfCookie(SessionCookie.Name, "Set by sign-in with transport `cookie`. Unsafe calls from other sites are refused."),
        [CredentialSchemes.Bearer] = OfHttp("bearer", "The token that sign-in with transport `token` answers. Counts before the cookie."),
        [CredentialSchemes.PageCookie] = OfCookie(
            PageCookie.Name, "Set by sign-in from a page with transport `cookie`, partitioned by the page's site. Good from the page's origin and through its snippet only."),
        [CredentialSchemes.ApiKey] = OfHttp("bearer", "An API key of the tenant (platform_sk_…) with the scope that the call names. Never in a cookie or an address."),
        [CredentialSchemes.ClientSecret] = OfHttp("basic", "client_secret_basic of RFC 6749: the id of an API key (key_…) and the key, both form-urlencoded."),
        [CredentialSchemes.StatusToken] = OfHttp("bearer", "The status token that the answer to a vulnerability report shows once. It opens the state of that report and nothing else."),
    };

    /// <param name="document">In which they are.</param>
    /// <param name="schemes">Any of them will do.</param>
    public static IEnumerable<OpenApiSecurityRequirement> Require(OpenApiDocument document, IEnumerable<string> schemes) =>
        schemes.Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] });

    private static OpenApiSecurityScheme OfCookie(string name, string description) =>
        new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = name, Description = description };

    private static OpenApiSecurityScheme OfHttp(string scheme, string description) => new() { Type = SecuritySchemeType.Http, Scheme = scheme, Description = description };
}
