using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Activation;

/// <summary>Ends idle activations once every collection quantum: one timer for all of them.</summary>
internal sealed class ActivationCollector(ActivationDirectory directory, IOptions<GrainCollectionOptions> options, [FromKeyedServices(TimeProviderNames.ActivationManagement)] TimeProvider time)
    : IDisposable
{
    private ITimer? _timer;

    public void Start() => _timer = time.CreateTimer(
        static state => _ = ((ActivationDirectory)state!).CollectAsync(age: null), directory, options.Value.CollectionQuantum, options.Value.CollectionQuantum);

    public void Dispose() => _timer?.Dispose();
}
