using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Configuration
{
    using Orleans.Storage;

    /// <summary>Options of in-memory storage.</summary>
    public class MemoryGrainStorageOptions : IStorageProviderSerializerOptions
    {
        public const int NumStorageGrainsDefaultValue = 10;
        public const int DEFAULT_INIT_STAGE = ServiceLifecycleStage.ApplicationServices;

        /// <summary>Accepted; the stand-in keeps one table.</summary>
        public int NumStorageGrains { get; set; } = NumStorageGrainsDefaultValue;

        public int InitStage { get; set; } = DEFAULT_INIT_STAGE;

        /// <summary>How state is kept; without one, as a copy.</summary>
        public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;
    }
}

namespace Orleans.Storage
{
    /// <summary>State in memory, as long as the process lives.</summary>
    public sealed class MemoryGrainStorage(string name, MemoryGrainStorageOptions options) : IGrainStorage
    {
        private readonly ConcurrentDictionary<(string State, GrainId Grain), Record> _records = new();
        private long _lastVersion;

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var record = _records.GetValueOrDefault((stateName, grainId));
            grainState.State = record is null ? StateActivator<T>.Create() : Load<T>(record);
            grainState.ETag = record?.ETag;
            grainState.RecordExists = record is not null;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var record = Keep(grainState.State);
            Replace((stateName, grainId), grainState.ETag, record);
            grainState.ETag = record.ETag;
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Replace((stateName, grainId), grainState.ETag, record: null);
            grainState.State = StateActivator<T>.Create();
            grainState.ETag = null;
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }

        private Record Keep<T>(T? state)
        {
            var etag = Interlocked.Increment(ref _lastVersion).ToString(CultureInfo.InvariantCulture);
            return options.GrainStorageSerializer is { } serializer
                ? new Record(etag, serializer.Serialize(state))
                : new Record(etag, Copier<T?>.Copy(state));
        }

        private T Load<T>(Record record) => options.GrainStorageSerializer is { } serializer
            ? serializer.Deserialize<T>((BinaryData)record.Value!) ?? StateActivator<T>.Create()
            : Copier<T>.Copy((T)record.Value!);

        private void Replace((string State, GrainId Grain) key, string? etag, Record? record)
        {
            var stored = _records.GetValueOrDefault(key);
            var replaced = stored?.ETag == etag && (stored, record) switch
            {
                (null, null) => true,
                (null, not null) => _records.TryAdd(key, record),
                (not null, null) => _records.TryRemove(KeyValuePair.Create(key, stored)),
                _ => _records.TryUpdate(key, record, stored),
            };

            if (!replaced)
            {
                throw new InconsistentStateException(
                    $"e-Tag mismatch in Memory Storage {name} for {key.State} of {key.Grain}", stored?.ETag ?? "<null>", etag ?? "<null>");
            }
        }

        private sealed record Record(string ETag, object? Value);
    }

    public static class MemoryGrainStorageFactory
    {
        public static MemoryGrainStorage Create(IServiceProvider services, string name)
            => new(name, services.GetRequiredService<IOptionsMonitor<MemoryGrainStorageOptions>>().Get(name));
    }
}
