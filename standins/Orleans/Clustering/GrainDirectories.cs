using Microsoft.Extensions.DependencyInjection;
using Orleans.GrainDirectory;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.GrainDirectory
{
    /// <summary>Knows in which silo a grain is. Accepted; the one process of the stand-in knows where its grains are.</summary>
    public interface IGrainDirectory
    {
        Task<GrainAddress?> Register(GrainAddress address);

        Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress);

        Task Unregister(GrainAddress address);

        Task<GrainAddress?> Lookup(GrainId grainId);

        Task UnregisterSilos(List<SiloAddress> siloAddresses);
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class GrainDirectoryAttribute(string grainDirectoryName) : Attribute
    {
        public const string DEFAULT_GRAIN_DIRECTORY = "default";

        public GrainDirectoryAttribute() : this(DEFAULT_GRAIN_DIRECTORY) { }

        public string GrainDirectoryName { get; set; } = grainDirectoryName;
    }
}

namespace Orleans.Runtime
{
    /// <summary>Where an activation is.</summary>
    [GenerateSerializer, Immutable]
    public sealed class GrainAddress
    {
        [Id(0)]
        public GrainId GrainId { get; init; }

        [Id(1)]
        public ActivationId ActivationId { get; init; }

        [Id(2)]
        public SiloAddress? SiloAddress { get; init; }

        [Id(3)]
        public MembershipVersion MembershipVersion { get; init; } = MembershipVersion.MinValue;
    }

    /// <summary>Counts the changes of a cluster's membership.</summary>
    [GenerateSerializer, Immutable]
    public readonly record struct MembershipVersion([property: Id(0)] long Value)
    {
        public static MembershipVersion MinValue => new(long.MinValue);
    }
}

namespace Orleans.Runtime.Hosting
{
    public static class DirectorySiloBuilderExtensions
    {
        public static ISiloBuilder AddGrainDirectory<T>(this ISiloBuilder builder, string name, Func<IServiceProvider, string, T> implementationFactory)
            where T : class, IGrainDirectory
        {
            builder.Services.AddKeyedSingleton<IGrainDirectory>(name, (services, _) => implementationFactory(services, name));
            return builder;
        }
    }
}
