using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Refuses, when the host starts, what needs more than one process.</summary>
internal sealed class OneProcessOnly(string what, string package) : IConfigurationValidator
{
    public const string ServerPackage = "Microsoft.Orleans.Server";
    public const string ClientPackage = "Microsoft.Orleans.Client";
    public const string ClusteringPackage = "Microsoft.Orleans.Clustering.AdoNet";

    public static void Refuse(IServiceCollection services, string what, string package) => services.AddSingleton<IConfigurationValidator>(new OneProcessOnly(what, package));

    public void ValidateConfiguration() => throw new OrleansConfigurationException(
        $"{what} needs more than one process. This build runs on the Orleans stand-in, which is one process and never clusters: "
        + $"restore the package {package} (and Microsoft.Orleans.Sdk, .Server), or run the embedded topology.");
}
