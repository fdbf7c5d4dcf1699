using Platform.Api.Tokens;
using Platform.Hosting;

namespace Platform.Api.Hosting;

/// <summary>Runs the bootstrap tasks of the program and reads the token keys, all before the server listens. Once it listens, prints the banner to the console.</summary>
internal sealed class BootstrapService(TokenKeyRing keys, IEnumerable<IBootstrapTask> tasks, StartupBanner banner) : HostedLifecycleService
{
    public bool Done { get; private set; }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var task in tasks) await task.RunAsync(cancellationToken);
        await keys.SealingKeyAsync(cancellationToken);
        Done = true;
    }

    public override Task StartedAsync(CancellationToken cancellationToken)
    {
        banner.Listening();
        return Task.CompletedTask;
    }
}
