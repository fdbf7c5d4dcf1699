using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Refuses, when the host starts and before anything else of it does, what needs more than one process.</summary>
internal sealed class OneProcessOnly(string what, string package) : IConfigurationValidator, IHostedLifecycleService
{
    public const string ServerPackage = "Microsoft.Orleans.Server";
    public const string ClientPackage = "Microsoft.Orleans.Client";
    public const string ClusteringPackage = "Microsoft.Orleans.Clustering.AdoNet";

    public static void Refuse(IServiceCollection services, string what, string package)
    {
        var refusal = new OneProcessOnly(what, package);
        services.AddSingleton<IConfigurationValidator>(refusal);
        services.AddSingleton<IHostedService>(refusal);
    }

    public void ValidateConfiguration() => throw new OrleansConfigurationException(
        $"{what} needs more than one process. This build runs on the Orleans stand-in, which is one process and never clusters: "
        + $"restore the package {package} (and Microsoft.Orleans.Sdk, .Server), or run the embedded topology.");

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        ValidateConfiguration();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
