using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>A minimal API that asks Redis for the session of a token, moves its expiry ahead in the same command, and sends what is stored there.</summary>
internal static class RedisServer
{
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    /// <param name="call">Each has its own answer stored.</param>
    /// <param name="token">Of the session.</param>
    public static RedisKey Key(ComparedCall call, string token) => $"{call.Path}:{token}";

    public static async Task<WebApplication> BuildAsync(ServerSettings settings)
    {
        var builder = ServerBuilding.CreateBuilder(settings);
        builder.Services.AddSingleton<IConnectionMultiplexer>(await ConnectionMultiplexer.ConnectAsync(settings.Store!));
        var app = builder.Build();
        Map(app, ComparedCall.Peek, settings);
        Map(app, ComparedCall.Naive, settings);
        return app;
    }

    private static void Map(WebApplication app, ComparedCall call, ServerSettings settings)
    {
        var answer = settings.Answers[call.Path];
        var (headers, contentType) = (answer.Headers(), answer.ContentType);
        app.MapGet(call.Path, async Task<Results<Utf8ContentHttpResult, UnauthorizedHttpResult>> (HttpContext context, IConnectionMultiplexer redis) =>
        {
            var session = await redis.GetDatabase().StringGetSetExpiryAsync(Key(call, ServerBuilding.Token(context.Request)), Idle);
            if (session.IsNull) return TypedResults.Unauthorized();
            context.Response.Set(headers);
            return TypedResults.Text(((ReadOnlyMemory<byte>)session).Span, contentType);
        });
    }
}
