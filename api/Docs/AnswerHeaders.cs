using Microsoft.OpenApi;
using Platform.Api.Authentication;

namespace Platform.Api.Docs;

/// <summary>The headers of answers that callers may have use for, by their names in the document, which are those on the wire.</summary>
internal static class AnswerHeaders
{
    public const string RateLimit = "RateLimit";
    public const string RateLimitPolicy = "RateLimit-Policy";
    public const string RetryAfter = "Retry-After";
    public const string Challenge = "WWW-Authenticate";

    public static readonly string[] OfLimits = [RateLimit, RateLimitPolicy];

    private static readonly (string Name, string Description, string Example)[] All =
    [
        (RateLimit, "What is left of the limit, and the seconds until it is whole again.", "\"requests\";r=5999;t=60"),
        (RateLimitPolicy, "The limit that the call draws on: so many calls in so many seconds.", "\"requests\";q=6000;w=60"),
        (RetryAfter, "Seconds after which the call is worth another try.", "2"),
        (Challenge, "How a caller may prove who it is.", "Bearer"),
        ("Location", "Path of what was made, or of where its progress shows.", "/v1/tenants/acme/users/usr_0192f3a4b5c67d8e9fa0b1c2d3e4f506"),
        ("ETag", "Version of the answer, for `If-Match` or `If-None-Match`.", "\"3\""),
        ("Set-Cookie", "The session's cookie: Secure, HttpOnly, for this host alone. Expired after sign-out.", "__Host-sid=AbC; path=/; secure; samesite=lax; httponly"),
        (RenewedToken.Header, "The session's new token, for callers that came with one; callers with a cookie get a new cookie.", "AbC"),
        ("Clear-Site-Data", "Has the browser forget what it kept.", "\"cookies\", \"storage\""),
        ("Content-Disposition", "A name for the file.", "attachment; filename=\"export.zip\""),
        ("SourceMap", "Address of the script's source map.", "/s/maps/0f.js.map"),
    ];

    public static void AddTo(OpenApiDocument document)
    {
        foreach (var (name, description, example) in All)
        {
            document.AddComponent<IOpenApiHeader>(name, new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = example });
        }
    }

    public static Dictionary<string, IOpenApiHeader>? Refer(OpenApiDocument document, IEnumerable<string> names)
    {
        var headers = names.Distinct(StringComparer.Ordinal).ToDictionary(name => name, IOpenApiHeader (name) => new OpenApiHeaderReference(name, document), StringComparer.Ordinal);
        return headers.Count == 0 ? null : headers;
    }
}
