using System.Data.Common;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Storage
{
    /// <summary>Hashes keys and state names for the index of OrleansStorage.</summary>
    public interface IHasher
    {
        string Description { get; }

        int Hash(byte[] data);
    }

    public interface IStorageHasherPicker
    {
        ICollection<IHasher> HashProviders { get; }

        IHasher? PickHasher<T>(string serviceId, string storageProviderInstanceName, string grainType, GrainId grainId, IGrainState<T> grainState, string? tag = null);
    }

    public sealed class OrleansDefaultHasher : IHasher
    {
        public string Description => $"The default Orleans hash function ({nameof(StableHash)}).";

        public int Hash(byte[] data) => unchecked((int)StableHash.ComputeHash(data));
    }

    public class StorageHasherPicker(IEnumerable<IHasher> hashProviders) : IStorageHasherPicker
    {
        public ICollection<IHasher> HashProviders { get; } = hashProviders.ToArray();

        public IHasher? PickHasher<T>(string serviceId, string storageProviderInstanceName, string grainType, GrainId grainId, IGrainState<T> grainState, string? tag = null)
            => HashProviders.FirstOrDefault();
    }
}

namespace Orleans.Configuration
{
    /// <summary>Options of storage in a relational database.</summary>
    public class AdoNetGrainStorageOptions : IStorageProviderSerializerOptions
    {
        public const int DEFAULT_INIT_STAGE = ServiceLifecycleStage.ApplicationServices;
        public const string DEFAULT_ADONET_INVARIANT = "Microsoft.Data.SqlClient";

        /// <summary>Exactly one of this and <see cref="DataSource"/> is given.</summary>
        public string? ConnectionString { get; set; }

        public DbDataSource? DataSource { get; set; }

        public int InitStage { get; set; } = DEFAULT_INIT_STAGE;

        /// <summary>The name of the ADO.NET provider, such as <c>Npgsql</c>.</summary>
        public string Invariant { get; set; } = DEFAULT_ADONET_INVARIANT;

        public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;

        public IStorageHasherPicker HashPicker { get; set; } = null!;

        /// <summary>Whether clearing deletes the row. Default: no, the payload is set to null.</summary>
        public bool DeleteStateOnClear { get; set; }
    }

    public class AdoNetGrainStorageOptionsValidator(AdoNetGrainStorageOptions configurationOptions, string name) : IConfigurationValidator
    {
        private readonly AdoNetGrainStorageOptions _options = configurationOptions
            ?? throw new OrleansConfigurationException($"Invalid AdoNetGrainStorageOptions for AdoNetGrainStorage {name}. Options is required.");

        public void ValidateConfiguration()
        {
            if (string.IsNullOrWhiteSpace(_options.Invariant))
            {
                throw Invalid($"{nameof(_options.Invariant)} is required.");
            }

            if (string.IsNullOrWhiteSpace(_options.ConnectionString) == (_options.DataSource is null))
            {
                throw Invalid($"Configure exactly one of {nameof(_options.ConnectionString)} or {nameof(_options.DataSource)}.");
            }

            if (_options.HashPicker is null)
            {
                throw Invalid($"{nameof(_options.HashPicker)} is required.");
            }

            if (_options.GrainStorageSerializer is null)
            {
                throw Invalid(
                    $"{nameof(_options.GrainStorageSerializer)} is required: the default serializer of Orleans (Newtonsoft.Json with type names) is not part of the "
                    + "stand-in, and another one would write rows that Orleans cannot read. Name one here, or call UseSystemTextJsonGrainStorageSerializer().");
            }
        }

        private OrleansConfigurationException Invalid(string what)
            => new($"Invalid {nameof(AdoNetGrainStorageOptions)} values for {nameof(AdoNetGrainStorage)} \"{name}\". {what}");
    }

    public class DefaultAdoNetGrainStorageOptionsHashPickerConfigurator : IPostConfigureOptions<AdoNetGrainStorageOptions>
    {
        public void PostConfigure(string? name, AdoNetGrainStorageOptions options) => options.HashPicker ??= new StorageHasherPicker([new OrleansDefaultHasher()]);
    }
}
