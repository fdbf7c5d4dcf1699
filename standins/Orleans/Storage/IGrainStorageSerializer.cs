using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orleans.Storage;

/// <summary>Turns state into the bytes that a storage provider keeps.</summary>
public interface IGrainStorageSerializer
{
    BinaryData Serialize<T>(T? input);

    T? Deserialize<T>(BinaryData input);
}

public interface IGrainStorageStreamingSerializer : IGrainStorageSerializer
{
    ValueTask SerializeAsync<T>(T? input, Stream destination, CancellationToken cancellationToken = default);

    ValueTask<T?> DeserializeAsync<T>(Stream input, CancellationToken cancellationToken = default);
}

public static class GrainStorageSerializerExtensions
{
    public static T? Deserialize<T>(this IGrainStorageSerializer serializer, ReadOnlyMemory<byte> input) => serializer.Deserialize<T>(new BinaryData(input));
}

/// <summary>Options of a storage provider that uses a serializer.</summary>
public interface IStorageProviderSerializerOptions
{
    IGrainStorageSerializer GrainStorageSerializer { get; set; }
}

/// <summary>Without a serializer of its own, a provider takes the one registered under its name, else the default one.</summary>
public class DefaultStorageProviderSerializerOptionsConfigurator<TOptions>(IServiceProvider serviceProvider) : IPostConfigureOptions<TOptions>
    where TOptions : class, IStorageProviderSerializerOptions
{
    public void PostConfigure(string? name, TOptions options)
    {
        if (options.GrainStorageSerializer is null)
        {
            options.GrainStorageSerializer = (name is null ? null : serviceProvider.GetKeyedService<IGrainStorageSerializer>(name))
                ?? serviceProvider.GetService<IGrainStorageSerializer>()!;
        }
    }
}
