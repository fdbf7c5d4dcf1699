using System.CommandLine;
using System.CommandLine.Parsing;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Hosting.Settings;

namespace Platform.Benchmarks;

/// <summary>How a command ends: 0 as it should, 1 as it should not, 2 after a call that it does not understand, 130 by Ctrl+C.</summary>
internal static class Commands
{
    /// <summary>By Ctrl+C.</summary>
    public const int Interrupted = 130;

    public static readonly Option<string?> Output = new("--out") { Description = "Also write the tables to this file", HelpName = "FILE" };

    /// <summary>A measurement on data in a temporary folder, and its report.</summary>
    /// <param name="title">Of the report.</param>
    /// <param name="output">File for the report; null: it is printed only.</param>
    /// <param name="measure">Is given the report and the folder.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ReportAsync(string title, string? output, Func<Report, string, Task> measure)
    {
        var report = new Report(title);
        Machine.Describe(report, Machine.OwnGrains());
        var folder = BenchmarkSilo.TemporaryFolder();
        try
        {
            await measure(report, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await report.PublishAsync(output);
        return 0;
    }

    public static Command Create(string name, string description, IEnumerable<Option> options, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var option in options) command.Options.Add(option);
        if (!command.Options.Any(option => option.Name == Output.Name)) command.Options.Add(Output);
        command.SetAction((line, cancellationToken) => RunAsync(run, line, cancellationToken));
        return command;
    }

    /// <summary>After Ctrl+C: servers are stopped and temporary folders removed.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);

    public static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        var line = root.Parse(args);
        if (line.Errors.Count == 0) return await line.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = StopTimeout });
        foreach (var error in line.Errors) await Console.Error.WriteLineAsync(Explain(line, error));
        await Console.Error.WriteLineAsync($"See {line.CommandResult.Command.Name} --help.");
        return 2;
    }

    /// <summary>With the option that was perhaps meant by one that is not known.</summary>
    internal static string Explain(ParseResult line, ParseError error)
    {
        var unknown = line.UnmatchedTokens.FirstOrDefault(token => token.StartsWith("--", StringComparison.Ordinal) && error.Message.Contains($"'{token}'", StringComparison.Ordinal));
        return unknown is not null && NearestName.Near(unknown, [.. line.CommandResult.Command.Options.Select(option => option.Name)]) is { } near ? $"{error.Message} Did you mean {near}?" : error.Message;
    }

    private static async Task<int> RunAsync(Func<ParseResult, CancellationToken, Task<int>> run, ParseResult line, CancellationToken cancellationToken)
    {
        try
        {
            return await run(line, cancellationToken);
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return Interrupted;
        }
    }
}
