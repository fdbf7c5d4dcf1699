using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Platform.Api.Http;

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
        if (RouteText.Of(context) is { Length: > 0 } route)
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{method} {route}";
        }
        else
        {
            span.DisplayName = method;
        }
    }
}
