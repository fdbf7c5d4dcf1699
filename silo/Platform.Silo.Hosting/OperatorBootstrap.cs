using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Security;
using Platform.Tenants;

namespace Platform.Silo.Hosting;

/// <summary>
/// Makes the platform's own tenant and its operator at the first start of an installation. Whichever process made them says so; of several that start at once, one. A host
/// without grains does not: an answer that got lost on its way would take the password with it.
/// </summary>
/// <remarks>A random password is printed the moment it is durable: a start that fails later, such as on a used port, must not lose it.</remarks>
internal sealed partial class OperatorBootstrap(
    IGrainFactory grains, StartupBannerOutput output, IOptions<OperatorBootstrapOptions> options, TimeProvider time, ILogger<OperatorBootstrap> logger) : IBootstrapTask
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    /// <summary>That this process made the operator.</summary>
    public bool IsMade { get; private set; }

    /// <summary>The random one; null where one was configured.</summary>
    public string? Password { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var id = PrefixedId.New<TenantId>(time);
        var configured = string.IsNullOrEmpty(options.Value.OperatorPassword) ? null : options.Value.OperatorPassword;
        var password = configured ?? RandomPassword.Create();

        if (await EnsureAsync(id, password, cancellationToken) != BootstrapResult.Created) return;
        (IsMade, Password) = (true, configured is null ? password : null);
        output.Writer.WriteLine(Password is null
            ? "First start: made operator 'operator' in tenant 'platform' with the configured password."
            : $"First start: made operator 'operator' in tenant 'platform'. One-time display of its password: {Password}");
        output.Writer.Flush();
    }

    /// <summary>Asks again while another process is at it, whose claim is free after a minute should it die, and after an answer that did not come: only then is it known whose password counts.</summary>
    private async Task<BootstrapResult> EnsureAsync(TenantId id, string password, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                var tenant = await grains.TenantRegistration().EnsurePlatformAsync(id, password, cancellationToken);
                if (tenant != BootstrapResult.InProgress) return tenant;
            }
            catch (CallDeniedException denied)
            {
                // What a call carries to show that it is the platform's is made of the master key.
                throw new StartupException("The master key is not that of the other processes of this cluster: they refuse what this one asks.", denied);
            }
            catch (Exception failure) when (failure is TimeoutException or OrleansException or StorageUnavailableException or LeaseExpiredException && time.GetElapsedTime(started) < Timeout)
            {
                NotAnswered(logger, failure.GetType().Name);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    [LoggerMessage(EventName = "FirstStartNotAnswered", Level = LogLevel.Warning, Message = "It could not be found out whether this is the first start ({Failure}); the next try follows")]
    private static partial void NotAnswered(ILogger logger, string failure);
}

internal static class OperatorBootstrapExtensions
{
    public static void AddOperatorBootstrap(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(new StartupBannerOutput(Console.Out));
        builder.Services.AddOptions<OperatorBootstrapOptions>().BindConfiguration(OperatorBootstrapOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<OperatorBootstrap>();
        builder.Services.AddSingleton<IBootstrapTask>(provider => provider.GetRequiredService<OperatorBootstrap>());
    }
}
