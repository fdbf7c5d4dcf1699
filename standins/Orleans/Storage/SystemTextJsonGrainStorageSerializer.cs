using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Orleans.Storage
{
    /// <summary>Options of <see cref="SystemTextJsonGrainStorageSerializer"/>.</summary>
    public sealed class SystemTextJsonGrainStorageSerializerOptions
    {
        public JsonSerializerOptions JsonSerializerOptions { get; } = new() { IncludeFields = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    }

    /// <summary>State as JSON by System.Text.Json, without type names.</summary>
    public sealed class SystemTextJsonGrainStorageSerializer(IOptions<SystemTextJsonGrainStorageSerializerOptions> options) : IGrainStorageStreamingSerializer
    {
        private JsonSerializerOptions Json => options.Value.JsonSerializerOptions;

        public BinaryData Serialize<T>(T? input) => BinaryData.FromObjectAsJson(input, Json);

        public T? Deserialize<T>(BinaryData input) => input.ToObjectFromJson<T>(Json);

        public ValueTask SerializeAsync<T>(T? input, Stream destination, CancellationToken cancellationToken = default)
            => new(JsonSerializer.SerializeAsync(destination, input, Json, cancellationToken));

        public ValueTask<T?> DeserializeAsync<T>(Stream input, CancellationToken cancellationToken = default)
            => JsonSerializer.DeserializeAsync<T>(input, Json, cancellationToken);
    }
}

namespace Orleans.Hosting
{
    public static class SystemTextJsonSerializerExtensions
    {
        /// <summary>Makes System.Text.Json the default serializer of grain storage.</summary>
        public static ISiloBuilder UseSystemTextJsonGrainStorageSerializer(this ISiloBuilder siloBuilder)
        {
            siloBuilder.Services.AddSingleton<IGrainStorageSerializer, SystemTextJsonGrainStorageSerializer>();
            return siloBuilder;
        }
    }
}
