using System.CommandLine;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>
/// The process of one compared server: told what to be on its first line of input, it says where it listens, then answers each further line: with what it has used, or, the platform, with sessions. It ends with its
/// input, so with whoever started it, however that ended.
/// </summary>
internal static class ServerProgram
{
    public const string Name = "compare-server";

    /// <summary>Before every line that is meant for the other process.</summary>
    public const string Mark = "compare-server: ";

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
        var (input, output) = (Console.In, Console.Out);
        // What a host logs is no line of this conversation.
        Console.SetOut(Console.Error);
        if (await input.ReadLineAsync() is not { } first) return 0;
        var settings = JsonSerializer.Deserialize<ServerSettings>(first)!;
        await using var app = await BuildAsync(settings);
        await app.StartAsync();
        await SayAsync(new ServerReady(new Uri(app.Urls.First()).Port));
        while (await input.ReadLineAsync() is { } question)
        {
            if (question.StartsWith(Sessions, StringComparison.Ordinal)) await SayAsync(await OpenedSessions.OpenAsync(app.Services, JsonSerializer.Deserialize<SessionsWanted>(question.AsSpan(Sessions.Length))!));
            else await SayAsync(ServerUsage.Now());
        }

        await app.StopAsync();
        return 0;

        async Task SayAsync<T>(T what)
        {
            await output.WriteLineAsync(Mark + JsonSerializer.Serialize(what));
            await output.FlushAsync();
        }
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
