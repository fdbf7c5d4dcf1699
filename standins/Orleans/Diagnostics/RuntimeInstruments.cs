using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Orleans.Activation;

namespace Orleans.Diagnostics;

/// <summary>The meter of Orleans with the instruments on activations.</summary>
internal static class RuntimeInstruments
{
    private static readonly Meter Meter = new("Microsoft.Orleans");
    private static readonly Counter<int> Created = Meter.CreateCounter<int>("orleans-catalog-activation-created");
    private static readonly Counter<int> Destroyed = Meter.CreateCounter<int>("orleans-catalog-activation-destroyed");
    private static readonly Counter<int> Failed = Meter.CreateCounter<int>("orleans-catalog-activation-failed-to-activate");
    private static readonly ConcurrentDictionary<string, int> ByClass = new(StringComparer.Ordinal);
    private static int active;

    static RuntimeInstruments()
    {
        Meter.CreateObservableGauge("orleans-catalog-activations", static () => Volatile.Read(ref active));
        Meter.CreateObservableUpDownCounter("orleans-grains", static () => ByClass.Select(
            static pair => new Measurement<int>(pair.Value, KeyValuePair.Create<string, object?>("type", pair.Key))));
    }

    public static void Activations(int change, GrainClass grainClass)
    {
        Interlocked.Add(ref active, change);
        (change > 0 ? Created : Destroyed).Add(1);
        ByClass.AddOrUpdate(grainClass.Type.FullName!, static (_, change) => change, static (_, count, change) => count + change, change);
    }

    public static void ActivationFailed() => Failed.Add(1);
}
