using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.Hosting;

/// <summary>A program makes sense in some topologies only. It refuses the others at the start, and names the program to start instead.</summary>
internal static class TopologyExtensions
{
    private const string Setting = $"{PlatformOptions.Section}:{nameof(PlatformOptions.Topology)}";

    /// <summary>For a program that is part of a cluster of silos and API hosts, and of nothing else: the topology need not be set.</summary>
    public static void RequireClusterTopology(this IHostApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new(Setting, nameof(Topology.Cluster))] });
        builder.Services.Require(
            topology => topology == Topology.Cluster, "this program runs in topology 'cluster' only. For one process, or for nodes that are API host and silo in one, start Platform.Server.");
    }

    /// <summary>For a program that is API host and silo in one.</summary>
    public static void RefuseClusterTopology(this IHostApplicationBuilder builder) => builder.Services.Require(
        topology => topology != Topology.Cluster, "this program is API host and silo in one process. For topology 'cluster' start Platform.Silo and Platform.Api.");

    /// <summary>Read before options are bound. An unknown value is reported later, with the other configuration errors.</summary>
    public static Topology ReadTopology(this IConfiguration configuration) =>
        Enum.TryParse<Topology>(configuration[Setting], ignoreCase: true, out var topology) ? topology : Topology.Embedded;

    private static void Require(this IServiceCollection services, Func<Topology, bool> isRight, string failure) =>
        services.AddSingleton<IValidateOptions<PlatformOptions>>(new ValidateOptions<PlatformOptions>(name: null, options => isRight(options.Topology), $"{Setting}: {failure}"));
}
