using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

internal static class LoadCommand
{
    public static Command Create() => Commands.Create(
        "load",
        "Loads a platform over HTTPS, at a rate or as fast as it answers: one that it starts on this machine for it, or one that runs. While it runs it tells every second how it goes; Ctrl+C ends it with what was measured so far.",
        LoadOptions.All,
        RunAsync);

    /// <returns>0 when every request was sent and answered as a live session is, 1 otherwise.</returns>
    private static async Task<int> RunAsync(ParseResult line, CancellationToken interrupt)
    {
        var options = LoadOptions.Read(line);
        if (options.Output is { } folder) Directory.CreateDirectory(folder);
        var load = Machine.Load();
        var report = new Report("Sessions over HTTPS under load");
        await using var platform = await StartAsync(options, interrupt);
        Machine.Describe(report, platform.Runtime);
        var runs = await new LoadSeries(options, platform, report).RunAsync(interrupt);
        if (runs.Count == 0) interrupt.ThrowIfCancellationRequested();
        var result = new LoadResult
        {
            Day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Processors = Environment.ProcessorCount,
            DotNet = RuntimeInformation.FrameworkDescription,
            Platform = platform.Runtime,
            LoadAtStart = load,
            LoadAtEnd = Machine.Load(),
            Runs = runs,
        };
        report.Line($"Load average of the machine at the end: {result.LoadAtEnd?.ToString("0.00", CultureInfo.InvariantCulture) ?? "unknown"}.");
        await report.PublishAsync(options.Output is { } to ? Path.Combine(to, "load.md") : null);
        if (options.Output is { } directory) await LoadFiles.WriteAsync(directory, result);
        return interrupt.IsCancellationRequested ? Commands.Interrupted : runs.All(run => run.Clean) ? 0 : 1;
    }

    private static async Task<ILoadedPlatform> StartAsync(LoadOptions options, CancellationToken cancellationToken) =>
        options.Urls.Count == 0 ? await OwnPlatform.StartAsync(options, cancellationToken) : await GivenPlatform.FindAsync(options, cancellationToken);
}
