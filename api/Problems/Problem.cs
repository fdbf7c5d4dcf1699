using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Platform.Api.Requests;

namespace Platform.Api.Problems;

/// <summary>An answer per RFC 9457. Carries no internals: what happened inside stands in the log under the same trace id.</summary>
internal sealed class Problem(ProblemKind kind) : IResult
{
    private const string ContentType = "application/problem+json";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    public ProblemKind Kind { get; } = kind;

    public string? Detail { get; init; }

    public ImmutableArray<InputError> Errors { get; init; } = [];

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How a 401 says that the caller may authenticate (RFC 9110, 11.6.1).</summary>
    public StringValues Challenges { get; init; } = "Bearer";

    /// <summary>For a page without a session: whether its browser has sent back the cookie that an earlier answer set.</summary>
    public bool? CookieKept { get; init; }

    /// <summary>Answers that there is nothing, because the caller has no right to it; the access log of the caller's own tenant has the reason.</summary>
    public static Problem Hidden => new(ProblemKind.NotFound) { IsMissingPermission = true };

    /// <summary>The caller lacks the right, whatever the answer says.</summary>
    public bool IsMissingPermission { get; init; } = kind == ProblemKind.Forbidden;

    public static Problem Invalid(string pointer, string code, string detail) => new(ProblemKind.InvalidRequest) { Errors = [new(pointer, code, detail)] };

    public async Task ExecuteAsync(HttpContext context)
    {
        if (IsMissingPermission) context.Features.Set(MissingPermission.Instance);
        var response = context.Response;
        response.StatusCode = Kind.Status;
        response.ContentType = ContentType;
        if (Kind.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = Challenges;
        if (Kind.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling((RetryAfter ?? Soon).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (HttpMethods.IsHead(context.Request.Method)) return;
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        Write(json, RequestTrace.IdOf(context), AnswersOAuthErrors.Of(context, Kind));
        await json.FlushAsync(context.RequestAborted);
    }

    private void Write(Utf8JsonWriter json, string traceId, string? oauthError)
    {
        json.WriteStartObject();
        if (oauthError is not null) json.WriteString("error", oauthError);
        json.WriteString("type", Kind.Type);
        json.WriteString("title", Kind.Title);
        json.WriteNumber("status", Kind.Status);
        json.WriteString("code", Kind.Code);
        if (Detail is not null) json.WriteString("detail", Detail);
        json.WriteString("traceId", traceId);
        if (CookieKept is { } kept) json.WriteBoolean("cookieKept", kept);
        if (!Errors.IsDefaultOrEmpty)
        {
            json.WriteStartArray("errors");
            foreach (var error in Errors)
            {
                json.WriteStartObject();
                json.WriteString("pointer", error.Pointer);
                json.WriteString("code", error.Code);
                json.WriteString("detail", error.Detail);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}

/// <summary>On a request: the caller lacks the right for it, whatever the answer says.</summary>
internal sealed class MissingPermission
{
    public static readonly MissingPermission Instance = new();
}
