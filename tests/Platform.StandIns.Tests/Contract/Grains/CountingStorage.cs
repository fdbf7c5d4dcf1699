using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Platform.StandIns.Tests.Contract.Grains;

/// <summary>Own storage as a platform writes it: JSON in memory, with counts and conflicts on demand.</summary>
public sealed class CountingStorage : IGrainStorage
{
    private static readonly ConcurrentDictionary<string, bool> Conflicts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (int Version, string Json)> _rows = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _writes = new(StringComparer.Ordinal);

    public static void ConflictOnNextWrite(string key) => Conflicts[key] = true;

    public int WritesOf(string key) => _writes.GetValueOrDefault(key);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var exists = _rows.TryGetValue(Row(stateName, grainId), out var row);
        grainState.State = exists ? JsonSerializer.Deserialize<T>(row.Json) : Activator.CreateInstance<T>();
        grainState.ETag = exists ? row.Version.ToString(CultureInfo.InvariantCulture) : null;
        grainState.RecordExists = exists;
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        if (Conflicts.TryRemove(grainId.Key.ToString(), out _))
        {
            throw new InconsistentStateException("somebody else wrote", "2", grainState.ETag);
        }

        _writes.AddOrUpdate(grainId.Key.ToString(), 1, static (_, count) => count + 1);
        var version = grainState.ETag is null ? 1 : int.Parse(grainState.ETag, CultureInfo.InvariantCulture) + 1;
        _rows[Row(stateName, grainId)] = (version, JsonSerializer.Serialize(grainState.State));
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove(Row(stateName, grainId), out _);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        return Task.CompletedTask;
    }

    private static string Row(string stateName, GrainId grainId) => $"{stateName}/{grainId}";
}
