using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;
using Platform.State;

namespace Platform;

/// <summary>
/// Grain state as source-generated JSON without type names (nothing in a row can choose a type), the same under every storage and runtime.
/// A type outside the generated set is refused. What is sealed is bytes already (<see cref="SealedState"/>).
/// </summary>
internal sealed class StateSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => input is SealedState row ? row.ToBytes() : new(JsonSerializer.SerializeToUtf8Bytes(input!, TypeInfo<T>()));

    public T Deserialize<T>(BinaryData input) => typeof(T) == typeof(SealedState)
        ? (T)(object)SealedState.FromBytes(input.ToMemory())
        : JsonSerializer.Deserialize(input.ToMemory().Span, TypeInfo<T>())
        ?? throw new JsonException($"A stored {typeof(T).Name} is null.");

    private static JsonTypeInfo<T> TypeInfo<T>() =>
        StateJson.Default.GetTypeInfo(typeof(T)) as JsonTypeInfo<T>
        ?? throw new NotSupportedException($"{typeof(T)} is not in {nameof(StateJson)}. Add it there with [JsonSerializable].");
}
