using Microsoft.AspNetCore.Http.Features;

namespace Platform.Api.Requests;

/// <summary>Answers HEAD as GET without the body (RFC 9110, 9.3.2). What comes after sees a GET, and writes to nowhere: Kestrel drops bodies of HEAD by itself over HTTP/1.1, and not all over HTTP/2.</summary>
internal sealed class HeadMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) => HttpMethods.IsHead(context.Request.Method) ? AnswerAsGetAsync(context) : next(context);

    private async Task AnswerAsGetAsync(HttpContext context)
    {
        var answer = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null, answer));
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // Spans and metrics tell what was asked.
            context.Request.Method = HttpMethods.Head;
            context.Features.Set(answer);
        }
    }
}
