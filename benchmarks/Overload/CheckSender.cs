using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Load;

namespace Platform.Benchmarks.Overload;

/// <summary>What the process of the checks is told on its first line of input.</summary>
internal sealed record CheckSettings(int Port, byte[] CertificateHash, IReadOnlyList<string> Tokens, int Connections, int PerSecond);

/// <summary>What became of the checks of one part; latencies in nanoseconds.</summary>
internal sealed record CheckResult(long Count, long P50, long P99, long NotAnswered);

/// <summary>Checks of sessions at a rate, from a process of its own: beside hundreds of lists in the same process, each would wait for its turn to be read.</summary>
internal sealed class CheckSender : IAsyncDisposable
{
    public const string Name = "overload-checks";

    private static readonly TimeSpan Start = TimeSpan.FromSeconds(30);

    private readonly AskedProcess _process;

    private CheckSender(AskedProcess process) => _process = process;

    public static Command Create()
    {
        var command = new Command(Name, "The checks of overload; started by it.") { Hidden = true };
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    public static async Task<CheckSender> StartAsync(CheckSettings settings, CancellationToken cancellationToken)
    {
        var process = AskedProcess.Start(Name, "process of the checks");
        try
        {
            await process.AskAsync<bool>(JsonSerializer.Serialize(settings), Start, cancellationToken);
            return new CheckSender(process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task<CheckResult> SendAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        _process.AskAsync<CheckResult>(duration.ToString("c", CultureInfo.InvariantCulture), duration + Start, cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var asked = new AnsweringProcess();
        if (await asked.NextAsync(cancellationToken) is not { } first) return 0;
        var settings = JsonSerializer.Deserialize<CheckSettings>(first)!;
        var host = LoadHost.Own(settings.Port, settings.CertificateHash);
        using var clients = new LoadClients([host], new Version(1, 1), OverloadCommand.OptionsOf(settings.Connections));
        LoadRequest[] requests = [.. settings.Tokens.Select(token => new LoadRequest(LoadCall.Validate, HttpMethod.Post, "/v1/session/validate", [("Authorization", "Bearer " + token)]))];
        var sender = new RatedSender(clients.OfHosts[0], requests);
        await asked.AnswerAsync(true);
        while (await asked.NextAsync(cancellationToken) is { } duration)
        {
            var part = new OverloadPart();
            await sender.SendAtRateAsync(part, TimeSpan.Parse(duration, CultureInfo.InvariantCulture), settings.PerSecond, cancellationToken);
            await asked.AnswerAsync(new CheckResult(part.Accepted.Count, part.Accepted.Percentile(50), part.Accepted.Percentile(99), part.Refused + part.Failed + part.Unsent));
        }

        return 0;
    }
}
