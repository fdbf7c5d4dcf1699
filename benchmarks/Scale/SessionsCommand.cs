using System.CommandLine;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Scale;

internal static class SessionsCommand
{
    public static Command Create() => Commands.Create("sessions", "Many live sessions in one process with the real silo and a SQLite file in a temporary folder.", SessionsOptions.All, RunAsync);

    private static Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var options = SessionsOptions.Read(line);
        return Commands.ReportAsync(
            $"{Units.Count(options.Count)} live sessions in one process", options.Output, (report, folder) => new SessionsRun(options, report, folder).RunAsync(cancellationToken));
    }
}
