namespace Platform.Benchmarks.Hosting;

/// <summary>The baseline: what a call costs that does nothing. Whatever is slower than this would be no better off as a grain call.</summary>
[Alias("platform.benchmarks.IEmptyGrain")]
public interface IEmptyGrain : IGrainWithStringKey
{
    [Alias("Call")]
    Task CallAsync();

    /// <summary>Calls another one, as grains call each other.</summary>
    [Alias("CallOther")]
    Task CallOtherAsync(string key, int times);
}

public sealed class EmptyGrain : Grain, IEmptyGrain
{
    public Task CallAsync() => Task.CompletedTask;

    public async Task CallOtherAsync(string key, int times)
    {
        var other = GrainFactory.GetGrain<IEmptyGrain>(key);
        for (var i = 0; i < times; i++) await other.CallAsync();
    }
}
