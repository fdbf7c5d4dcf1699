namespace Platform.Benchmarks.Hosting;

/// <summary>The baseline: what a call costs that does nothing. Whatever is slower than this would be no better off as a grain call.</summary>
[Alias("platform.benchmarks.IEmptyGrain")]
public interface IEmptyGrain : IGrainWithStringKey
{
    [Alias("Call")]
    Task CallAsync();
}

public sealed class EmptyGrain : Grain, IEmptyGrain
{
    public Task CallAsync() => Task.CompletedTask;
}
