using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Platform.Api.Hosting;

/// <summary>
/// Completes the server's span: .NET 10 gives it method and path when a request begins, but neither a name of its own nor route and status when it ends.
/// Names follow OpenTelemetry's conventions for HTTP, so that collectors group them.
/// </summary>
internal sealed class RequestSpanMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span) return;

        var status = context.Response.StatusCode;
        var method = span.GetTagItem("http.request.method") as string ?? "HTTP";
        span.SetTag("http.response.status_code", status);
        if (status >= 500) span.SetStatus(ActivityStatusCode.Error);
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { Length: > 0 } pattern)
        {
            // A group's own route is written with a slash at its end, though it is served without.
            var route = pattern.Length > 1 ? pattern.TrimEnd('/') : pattern;
            span.SetTag("http.route", route);
            span.DisplayName = $"{method} {route}";
        }
        else
        {
            span.DisplayName = method;
        }
    }
}
