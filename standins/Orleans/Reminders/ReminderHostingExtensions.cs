using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Reminders;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Hosting;

/// <summary>How reminders are kept and how often they may tick.</summary>
public sealed class ReminderOptions
{
    /// <summary>The shortest period a reminder may have. Default: one minute.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the table is read for reminders that others changed. Default: five minutes.</summary>
    public TimeSpan RefreshReminderListPeriod { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Accepted; the stand-in keeps all reminders loaded.</summary>
    public TimeSpan ReminderLoadingWindow { get; set; } = TimeSpan.FromMinutes(10);

    public TimeSpan InitializationTimeout { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>Adds reminders.</summary>
public static partial class SiloBuilderReminderExtensions
{
    /// <summary>Adds the service that ticks; the table is whatever <see cref="IReminderTable"/> is registered.</summary>
    public static ISiloBuilder AddReminders(this ISiloBuilder builder) => builder.ConfigureServices(static services => services.AddReminders());

    public static void AddReminders(this IServiceCollection services)
    {
        if (services.Any(static d => d.ServiceType == typeof(ReminderService)))
        {
            return;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddKeyedSingleton(ReminderTimeProviderNames.Reminders, static (provider, _) => provider.GetRequiredService<TimeProvider>());
        services.AddSingleton<IConfigurationValidator, ReminderOptionsValidator>();
        services.AddSingleton<ReminderService>();
        services.AddSingleton<IReminderRegistry>(static provider => provider.GetRequiredService<ReminderService>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<ReminderService>());
    }
}

public static class SiloBuilderReminderMemoryExtensions
{
    /// <summary>Keeps reminders in memory, as long as the process lives.</summary>
    public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder)
    {
        builder.AddReminders();
        builder.Services.AddSingleton<IReminderTable, InMemoryReminderTable>();
        return builder;
    }
}

internal sealed class ReminderOptionsValidator(IOptions<ReminderOptions> options) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        if (options.Value.MinimumReminderPeriod < TimeSpan.Zero)
        {
            throw new OrleansConfigurationException($"{nameof(ReminderOptions)}.{nameof(ReminderOptions.MinimumReminderPeriod)} must not be less than {TimeSpan.Zero}");
        }

        if (options.Value.RefreshReminderListPeriod <= TimeSpan.Zero)
        {
            throw new OrleansConfigurationException($"{nameof(ReminderOptions)}.{nameof(ReminderOptions.RefreshReminderListPeriod)} must be greater than {TimeSpan.Zero}");
        }
    }
}
