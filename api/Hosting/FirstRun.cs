using Platform.Api.Security;

namespace Platform.Api.Hosting;

/// <summary>
/// Makes the platform's own tenant and its operator at the first start, and reads the token keys. Runs before the server listens: whoever connects
/// finds a platform that can answer.
/// </summary>
/// <remarks>A random password is printed the moment it is durable: a start that fails later, such as on a used port, must not lose it.</remarks>
internal sealed class FirstRun(
    IGrainFactory grains, TokenKeyRing keys, DemoTenant demo, Announcement announcement, IConfiguration configuration, IOptions<FirstRunOptions> options) : IHostedLifecycleService
{
    public bool Done { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var configured = string.IsNullOrEmpty(options.Value.OperatorPassword) ? null : options.Value.OperatorPassword;
        var password = configured ?? RandomPassword.Create();
        if (await grains.TenantRegistration().EnsurePlatformAsync(password, cancellationToken)) announcement.OperatorMade(configured is null ? password : null);
        if (configuration.GetValue<bool>(StartUp.DemoSetting)) announcement.DemoMade(await demo.CreateAsync(cancellationToken));
        await keys.SealingKeyAsync(cancellationToken);
        Done = true;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        announcement.Listening();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
