using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>A minimal API that reads the session of a token from PostgreSQL, by its key and prepared, and sends what is stored there.</summary>
internal static class PostgreSqlServer
{
    public const string Table = "platform_compare_sessions";

    public static WebApplication Build(ServerSettings settings)
    {
        var builder = ServerBuilding.CreateBuilder(settings);
        builder.Services.AddSingleton(NpgsqlDataSource.Create(settings.Store!));
        var app = builder.Build();
        var answer = settings.Answers[ComparedCall.Peek.Path];
        var headers = answer.Headers();
        app.MapGet(ComparedCall.Peek.Path, async Task<Results<Utf8ContentHttpResult, UnauthorizedHttpResult>> (HttpContext context, NpgsqlDataSource sessions) =>
        {
            await using var command = sessions.CreateCommand($"SELECT body FROM {Table} WHERE id = @id AND expires_at > now()");
            command.Parameters.AddWithValue("id", ServerBuilding.Token(context.Request));
            if (await command.ExecuteScalarAsync(context.RequestAborted) is not byte[] body) return TypedResults.Unauthorized();
            context.Response.Set(headers);
            return TypedResults.Text(body, answer.ContentType);
        });
        return app;
    }
}
