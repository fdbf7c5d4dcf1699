using System.Diagnostics;
using System.Reflection;
using Platform.Benchmarks.Compare;
using Platform.Benchmarks.Hosting;
using Platform.Testing.Silos;

namespace Platform.Benchmarks.Tests.Compare;

/// <summary>Alone in the process while it runs: what other tests do would be counted as a server's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "Alone in the process";
}

/// <summary>
/// What a look at a session costs beside bare Kestrel that sends the same bytes: a ratio within one run, no time (decision 0092). A machine that is busy for whatever reason makes both dearer.
/// </summary>
/// <remarks>
/// What makes it sturdy: processor time, in which waiting for a processor does not count; of the servers alone, since the load runs on threads that do nothing else; turns of as many requests each, so that a
/// busy machine takes longer and measures no less; platform and bare Kestrel side by side, so that both meet the same neighbours; of each the cheapest turn, since a neighbour, a collection or a compiler
/// makes a turn dearer and never cheaper; optimised as what ships, since a compiler that does not optimise makes our code dearer and leaves Kestrel's as it is; and a limit that lies far from what it is to notice (1.94 before the fast path).
/// A result above the limit is measured again: a regression stays, an accident does not.
/// </remarks>
[Collection(AloneInTheProcess.Name)]
public sealed class RatioGuardTests(ITestOutputHelper output)
{
    private const double Limit = 1.5;
    private const int Attempts = 4;
    private const int Pairs = 20;

    /// <summary>Of each connection in a turn; there are 32.</summary>
    private const int Requests = 100;

    [Fact]
    public async Task Peek_BesideBareKestrelWithTheSameBytes_CostsAtMostHalfMore()
    {
        Assert.SkipWhen(IsUnoptimised, "This build is not optimised: a ratio tells nothing of what ships. ./test builds with -c Release.");
        var folder = BenchmarkSilo.TemporaryFolder();
        try
        {
            await using var run = await PairedRun.StartAsync(folder, ComparedCall.Peek, CheapHashing.Put);
            Hold(run);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsUnoptimised => typeof(PairedRun).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    private void Hold(PairedRun run)
    {
        // Compiled and warm; not counted.
        run.Measure(10, Requests);
        var ratios = new List<PairedRatio>();
        do
        {
            ratios.Add(run.Measure(Pairs, Requests));
            output.WriteLine($"Processor time a request ÷ bare Kestrel: {ratios[^1]}");
        }
        while (ratios[^1].Value > Limit && ratios.Count < Attempts);
        ratios[^1].Value.ShouldBeLessThanOrEqualTo(Limit, string.Join(", ", ratios));
    }
}
