using System.CommandLine;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>
/// The process of one compared server: told what to be on its first line of input, it says where it listens, then answers each further line: with what it has used, or, the platform, with sessions. It ends with its
/// input, so with whoever started it, however that ended.
/// </summary>
internal static class ServerProgram
{
    public const string Name = "compare-server";

    public const string Usage = "usage";

    /// <summary>Before <see cref="SessionsWanted"/>.</summary>
    public const string Sessions = "sessions ";

    public static Command Create()
    {
        var command = new Command(Name, "One server of compare; started by it.") { Hidden = true };
        command.SetAction((_, _) => RunAsync());
        return command;
    }

    private static async Task<int> RunAsync()
    {
        var asked = new AnsweringProcess();
        if (await asked.NextAsync() is not { } first) return 0;
        var settings = JsonSerializer.Deserialize<ServerSettings>(first)!;
        await using var app = await BuildAsync(settings);
        await app.StartAsync();
        await asked.AnswerAsync(new ServerReady(new Uri(app.Urls.First()).Port));
        while (await asked.NextAsync() is { } question)
        {
            if (question.StartsWith(Sessions, StringComparison.Ordinal)) await asked.AnswerAsync(await OpenedSessions.OpenAsync(app.Services, JsonSerializer.Deserialize<SessionsWanted>(question.AsSpan(Sessions.Length))!));
            else await asked.AnswerAsync(ServerUsage.Now());
        }

        await app.StopAsync();
        return 0;
    }

    private static async Task<WebApplication> BuildAsync(ServerSettings settings) => settings.Kind switch
    {
        ServerKind.Bare => BareServer.Build(settings),
        ServerKind.Cookie => CookieServer.Build(settings),
        ServerKind.Redis => await RedisServer.BuildAsync(settings),
        ServerKind.PostgreSql => PostgreSqlServer.Build(settings),
        _ => WholePlatform.Build(settings),
    };
}
