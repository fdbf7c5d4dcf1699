using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Benchmarks.Hosting;
using Platform.Security;

namespace Platform.Benchmarks.Security;

/// <summary>What it costs that every grain call shows that it comes from this cluster: calls of a host and between grains, in a silo without the two filters and in one with them.</summary>
public class ClusterCredentialBenchmarks
{
    private const int Count = 1024;

    private BenchmarkSilo _bare = null!;
    private BenchmarkSilo _guarded = null!;

    [GlobalSetup]
    public void Setup()
    {
        _bare = BenchmarkSilo.StartAsync(WithoutCapability).GetAwaiter().GetResult();
        _guarded = BenchmarkSilo.StartAsync().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _bare.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _guarded.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public Task HostCallWithout() => CallAsync(_bare);

    [Benchmark(OperationsPerInvoke = Count)]
    public Task HostCall() => CallAsync(_guarded);

    [Benchmark(OperationsPerInvoke = Count)]
    public Task GrainCallWithout() => Grain(_bare, "caller_").CallOtherAsync("empty_", Count);

    [Benchmark(OperationsPerInvoke = Count)]
    public Task GrainCall() => Grain(_guarded, "caller_").CallOtherAsync("empty_", Count);

    private static async Task CallAsync(BenchmarkSilo silo)
    {
        var grain = Grain(silo, "empty_");
        for (var i = 0; i < Count; i++) await grain.CallAsync();
    }

    private static IEmptyGrain Grain(BenchmarkSilo silo, string key) => silo.Grains.GetGrain<IEmptyGrain>(key);

    private static void WithoutCapability(IServiceCollection services)
    {
        foreach (var filter in services.Where(s => s.ImplementationType == typeof(RequireClusterCredential) || s.ImplementationType == typeof(AttachClusterCredential)).ToList()) services.Remove(filter);
    }
}
