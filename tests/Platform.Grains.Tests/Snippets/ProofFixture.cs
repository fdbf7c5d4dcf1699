using Microsoft.Extensions.DependencyInjection;
using Platform.Grains.Tests.Hosting;
using Platform.Lifecycle;
using Platform.Snippets;

namespace Platform.Grains.Tests.Snippets;

/// <summary>On a silo whose name server is the test's own, and that looks for proofs again when a test says so.</summary>
public sealed class ProofFixture : SiloFixture
{
    internal NameServer Names { get; } = new();

    /// <summary>For a silo of one test.</summary>
    internal static void Configure(IServiceCollection services, NameServer names)
    {
        CheapHashing.Put(services);
        services.Configure<SnippetOptions>(options => options.NameServers = [names.Address]);
        services.Remove(services.Single(service =>
            service.ImplementationFactory?.GetType().GenericTypeArguments[1] == typeof(SiloService<DomainProofWorker>)));
    }

    private protected override void Configure(IServiceCollection services) => Configure(services, Names);
}
