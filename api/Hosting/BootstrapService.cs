using Platform.Api.Tokens;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Settings;

namespace Platform.Api.Hosting;

/// <summary>
/// Makes the first operator where the grains are, the demo tenant where it is wanted, and reads the token keys. Runs before the server listens: whoever connects
/// finds a platform that can answer.
/// </summary>
internal sealed class BootstrapService(
    TokenKeyRing keys, OperatorBootstrap first, DemoTenant demo, StartupBanner announcement, HostArguments arguments, IOptions<PlatformOptions> options) : HostedLifecycleService
{
    public bool Done { get; private set; }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Topology != Topology.Cluster) await first.EnsureAsync(cancellationToken);
        if (arguments.Has(StartUp.Demo)) announcement.DemoMade(await demo.CreateAsync(cancellationToken));
        await keys.SealingKeyAsync(cancellationToken);
        Done = true;
    }

    public override Task StartedAsync(CancellationToken cancellationToken)
    {
        announcement.Listening();
        return Task.CompletedTask;
    }
}
