using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Platform.Api.Hosting;
using Platform.Api.Snippets;

namespace Platform.Server.Demo;

/// <summary>What the example site answers: its few files on its own host, and nothing else.</summary>
internal sealed class DemoPages(DemoSnippet snippet, SnippetIndex snippets, IServer platform)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Protect(response.Headers, StartupBanner.PublicAddress(platform) ?? "");
        if (!string.Equals(request.Host.Host, DemoSite.Host, StringComparison.Ordinal) || DemoFiles.Find(request.Path.Value) is not { } file)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
        }
        else if (file.IsPage)
        {
            await AnswerPageAsync(context, file);
        }
        else
        {
            await AnswerFileAsync(context, file);
        }
    }

    /// <summary>What <c>/docs/snippet</c> asks of pages, as strict as it goes.</summary>
    private static void Protect(IHeaderDictionary headers, string platform)
    {
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' {platform}; connect-src {platform}; style-src 'self'; img-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
    }

    /// <summary>With the script that is published now, and its integrity.</summary>
    private async Task AnswerPageAsync(HttpContext context, DemoFile file)
    {
        var published = await snippets.FindAsync(snippet.Id, context.RequestAborted);
        if (StartupBanner.PublicAddress(platform) is not { } address || published?.Script is not { } script)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var page = DemoFiles.Fill(
            file.Text, ("script", $"{address}/s/{published.Id}/{script}.js"), ("integrity", ScriptAddress.IntegrityOf(script)), ("docs", $"{address}/docs/snippet"));
        context.Response.Headers.CacheControl = "no-store";
        await WriteAsync(context, file.ContentType, Encoding.UTF8.GetBytes(page));
    }

    private static Task AnswerFileAsync(HttpContext context, DemoFile file)
    {
        context.Response.Headers.ETag = file.ETag;
        if (context.Request.Headers.IfNoneMatch != file.ETag) return WriteAsync(context, file.ContentType, file.Content);
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }
}
