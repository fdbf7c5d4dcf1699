using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Platform.Benchmarks.Compare;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.FirstLooks;

/// <summary>API host and silo apart: what it costs to ask for sessions of which the host knows nothing, beside a call that does nothing.</summary>
internal static class FirstLooksCommand
{
    private const string Variable = "PLATFORM_TEST_POSTGRES";
    private const string Script = "eng/issue-certificates.sh";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(5);

    private static readonly Option<int> Rounds = Bounded.Number("--rounds", "Rounds; each measures every way, in turn", 9, 3, 1_000);
    private static readonly Option<int> Sessions = Bounded.Number("--sessions", "Sessions that are asked for, each once in a turn", 10_000, 100, 1_000_000);
    private static readonly Option<int> InFlight = Bounded.Number("--in-flight", "Questions that are under way at a time", 64, 1, 4_096);

    public static Command Create() => Commands.Create(
        "first-looks",
        $"An API host in this process, a silo in another, on an empty PostgreSQL database of this machine that {Variable} names (eng/with-postgres.sh): first looks at sessions beside an Orleans call that does nothing.",
        [Rounds, Sessions, InFlight],
        RunAsync);

    private static Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } postgres) throw new UsageException($"{Variable} names no database. Use: eng/with-postgres.sh dotnet run --project benchmarks -c Release -- first-looks");
        var (rounds, sessions, inFlight) = (line.GetValue(Rounds), line.GetValue(Sessions), line.GetValue(InFlight));
        return Commands.ReportAsync("First looks at sessions, API host and silo apart", line.GetValue(Commands.Output), async (report, folder) =>
        {
            var certificates = Path.Combine(folder, "certificates");
            await IssueCertificatesAsync(certificates, cancellationToken);
            var masterKey = Path.Combine(folder, "master.key");
            await File.WriteAllBytesAsync(masterKey, RandomNumberGenerator.GetBytes(32), cancellationToken);
            File.SetUnixFileMode(masterKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var settings = new LookSiloSettings(folder, LoopbackOnly.Check(postgres, Variable), certificates, FreePort.Find(), FreePort.Find(), sessions);
            await using var silo = AskedProcess.Start(LookSilo.Name, "silo");
            var tokens = await silo.AskAsync<string[]>(JsonSerializer.Serialize(settings), AnswerTimeout, cancellationToken);
            await using var host = await LookHost.StartAsync(folder, certificates, settings.GatewayPort);
            await new FirstLooksRun(host, tokens, inFlight, () => silo.AskAsync<ServerUsage>("usage", AnswerTimeout, cancellationToken), report).RunAsync(rounds, cancellationToken);
        });
    }

    private static async Task IssueCertificatesAsync(string folder, CancellationToken cancellationToken)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, Script))) root = root.Parent;
        if (root is null) throw new UsageException($"{Script} is not there.");
        using var script = Process.Start(Path.Combine(root.FullName, Script), folder);
        await script.WaitForExitAsync(cancellationToken);
        if (script.ExitCode != 0) throw new UsageException($"{Script} failed.");
    }
}
