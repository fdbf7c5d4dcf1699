using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Platform.State;

namespace Platform.Grains.Tests.State;

/// <summary>Grain storage that fails when a test wants it to; the tables of the platform do not.</summary>
internal sealed class FailingStorage : IGrainStorage
{
    public IGrainStorage Inner { get; set; } = null!;

    public bool Fail { get; set; }

    public bool Conflict { get; set; }

    /// <summary>In front of the real one.</summary>
    public void Put(IServiceCollection services)
    {
        var real = services.Last(s => s.ServiceType == typeof(IGrainStorage) && Equals(s.ServiceKey, StateNames.Storage));
        services.Remove(real);
        services.AddKeyedSingleton<IGrainStorage>(StateNames.Storage, (provider, key) =>
        {
            Inner = (IGrainStorage)real.KeyedImplementationFactory!(provider, key);
            return this;
        });
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Fail ? throw new StorageUnavailableException() : Inner.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Fail) throw new IOException("disk on fire");
        if (Conflict) throw new InconsistentStateException("somebody else", "2", "1");
        return Inner.WriteStateAsync(stateName, grainId, grainState);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Fail ? throw new IOException("disk on fire") : Inner.ClearStateAsync(stateName, grainId, grainState);
}
