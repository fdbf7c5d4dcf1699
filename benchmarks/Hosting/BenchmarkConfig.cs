using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Validators;

namespace Platform.Benchmarks.Hosting;

/// <summary>
/// Short and in this process: ratios to the baseline are what is judged, and the silo that is measured lives here. Garbage collector and build
/// are then those of this project, which are the API host's.
/// </summary>
internal static class BenchmarkConfig
{
    /// <param name="args">Of the command line: a job that they name takes the place of ours.</param>
    public static IConfig Create(string[] args) => ManualConfig.CreateEmpty()
        .AddJob(NamesJob(args) ? [] : [Job.Default
            .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(15), logOutput: false))
            .WithWarmupCount(4)
            .WithIterationCount(10)
            .WithId("Short")])
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .HideColumns("Job", "Toolchain", "IterationCount", "WarmupCount", "RatioSD", "Gen0", "Gen1", "Gen2")
        .AddColumn(StatisticColumn.Median)
        .AddExporter(MarkdownExporter.GitHub)
        .AddValidator(JitOptimizationsValidator.FailOnError)
        .AddLogger(ConsoleLogger.Default);

    /// <summary>Other jobs run in this process too.</summary>
    public static string[] Complete(string[] args) => NamesJob(args) ? [.. args, "--inProcess"] : args;

    private static bool NamesJob(string[] args) => args.Contains("--job") || args.Contains("-j");
}
