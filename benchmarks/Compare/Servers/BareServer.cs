using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>Kestrel and nothing else: no routing, no middleware, answers that are made once. The least that bytes over HTTPS cost in .NET.</summary>
internal static class BareServer
{
    private sealed record Prepared(int Status, KeyValuePair<string, StringValues>[] Headers, StringValues ContentType, byte[] Body);

    public static WebApplication Build(ServerSettings settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = settings.Folder });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => ServerBuilding.Listen(kestrel, settings));
        var answers = settings.Answers.ToDictionary(
            pair => pair.Key, pair => new Prepared(pair.Value.Status, pair.Value.Headers(), pair.Value.ContentType, pair.Value.Body), StringComparer.Ordinal);
        var app = builder.Build();
        app.Run(context => answers.TryGetValue(context.Request.Path.Value!, out var answer) ? AnswerAsync(context.Response, answer) : NotFound(context.Response));
        return app;
    }

    private static Task NotFound(HttpResponse response)
    {
        response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private static Task AnswerAsync(HttpResponse response, Prepared answer)
    {
        response.StatusCode = answer.Status;
        response.Set(answer.Headers);
        if (answer.Body.Length == 0) return Task.CompletedTask;
        response.Headers.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        var starting = response.StartAsync();
        if (!starting.IsCompletedSuccessfully) return WaitAsync(starting, response, answer.Body);
        Write(response, answer.Body);
        return Task.CompletedTask;
    }

    private static async Task WaitAsync(Task starting, HttpResponse response, byte[] body)
    {
        await starting;
        Write(response, body);
    }

    /// <summary>The server sends it with the end of the request.</summary>
    private static void Write(HttpResponse response, byte[] body)
    {
        body.CopyTo(response.BodyWriter.GetSpan(body.Length));
        response.BodyWriter.Advance(body.Length);
    }
}
