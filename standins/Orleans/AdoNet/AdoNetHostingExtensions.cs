using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.AdoNet;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Orleans.Configuration
{
    /// <summary>The database that holds reminders.</summary>
    public class AdoNetReminderTableOptions
    {
        public string Invariant { get; set; } = AdoNetGrainStorageOptions.DEFAULT_ADONET_INVARIANT;

        public string? ConnectionString { get; set; }

        public DbDataSource? DataSource { get; set; }
    }

    /// <summary>The database by which silos find each other. Never opened by the stand-in.</summary>
    public class AdoNetClusteringSiloOptions
    {
        public string Invariant { get; set; } = null!;

        public string? ConnectionString { get; set; }

        public DbDataSource? DataSource { get; set; }
    }

    /// <inheritdoc cref="AdoNetClusteringSiloOptions"/>
    public class AdoNetClusteringClientOptions
    {
        public string Invariant { get; set; } = null!;

        public string? ConnectionString { get; set; }

        public DbDataSource? DataSource { get; set; }
    }
}

namespace Orleans.Hosting
{
    /// <summary>Storage in a relational database.</summary>
    public static class AdoNetGrainStorageSiloBuilderExtensions
    {
        public static ISiloBuilder AddAdoNetGrainStorageAsDefault(this ISiloBuilder builder, Action<AdoNetGrainStorageOptions> configureOptions)
            => builder.AddAdoNetGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

        public static ISiloBuilder AddAdoNetGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<AdoNetGrainStorageOptions>>? configureOptions = null)
            => builder.AddAdoNetGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

        public static ISiloBuilder AddAdoNetGrainStorage(this ISiloBuilder builder, string name, Action<AdoNetGrainStorageOptions> configureOptions)
            => builder.ConfigureServices(services => services.AddAdoNetGrainStorage(name, configureOptions));

        public static ISiloBuilder AddAdoNetGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<AdoNetGrainStorageOptions>>? configureOptions = null)
            => builder.ConfigureServices(services => services.AddAdoNetGrainStorage(name, configureOptions));
    }

    public static class AdoNetGrainStorageServiceCollectionExtensions
    {
        public static IServiceCollection AddAdoNetGrainStorage(this IServiceCollection services, Action<AdoNetGrainStorageOptions> configureOptions)
            => services.AddAdoNetGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

        public static IServiceCollection AddAdoNetGrainStorage(this IServiceCollection services, string name, Action<AdoNetGrainStorageOptions> configureOptions)
            => services.AddAdoNetGrainStorage(name, options => options.Configure(configureOptions));

        public static IServiceCollection AddAdoNetGrainStorageAsDefault(this IServiceCollection services, Action<OptionsBuilder<AdoNetGrainStorageOptions>>? configureOptions = null)
            => services.AddAdoNetGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

        public static IServiceCollection AddAdoNetGrainStorage(
            this IServiceCollection services, string name, Action<OptionsBuilder<AdoNetGrainStorageOptions>>? configureOptions = null)
        {
            configureOptions?.Invoke(services.AddOptions<AdoNetGrainStorageOptions>(name));
            services.AddTransient<IPostConfigureOptions<AdoNetGrainStorageOptions>, DefaultStorageProviderSerializerOptionsConfigurator<AdoNetGrainStorageOptions>>();
            services.AddTransient<IPostConfigureOptions<AdoNetGrainStorageOptions>, DefaultAdoNetGrainStorageOptionsHashPickerConfigurator>();
            services.AddTransient<IConfigurationValidator>(provider => new AdoNetGrainStorageOptionsValidator(
                provider.GetRequiredService<IOptionsMonitor<AdoNetGrainStorageOptions>>().Get(name), name));
            return services.AddGrainStorage(name, AdoNetGrainStorageFactory.Create);
        }
    }

    public static partial class SiloBuilderReminderExtensions
    {
        public static ISiloBuilder UseAdoNetReminderService(this ISiloBuilder builder, Action<AdoNetReminderTableOptions> configureOptions)
            => builder.UseAdoNetReminderService(options => options.Configure(configureOptions));

        public static ISiloBuilder UseAdoNetReminderService(this ISiloBuilder builder, Action<OptionsBuilder<AdoNetReminderTableOptions>> configureOptions)
            => builder.ConfigureServices(services => services.UseAdoNetReminderService(configureOptions));

        public static IServiceCollection UseAdoNetReminderService(this IServiceCollection services, Action<OptionsBuilder<AdoNetReminderTableOptions>> configureOptions)
        {
            services.AddReminders();
            services.AddSingleton<IReminderTable, AdoNetReminderTable>();
            configureOptions(services.AddOptions<AdoNetReminderTableOptions>());
            return services;
        }
    }

    /// <summary>Several silos on one database: needs Orleans itself, and is refused when the host starts.</summary>
    public static class AdoNetHostingExtensions
    {
        public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<AdoNetClusteringSiloOptions> configureOptions)
            => builder.UseAdoNetClustering(options => options.Configure(configureOptions));

        public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<OptionsBuilder<AdoNetClusteringSiloOptions>> configureOptions)
        {
            configureOptions(builder.Services.AddOptions<AdoNetClusteringSiloOptions>());
            OneProcessOnly.Refuse(builder.Services, nameof(UseAdoNetClustering), OneProcessOnly.ClusteringPackage);
            return builder;
        }

        public static IClientBuilder UseAdoNetClustering(this IClientBuilder builder, Action<AdoNetClusteringClientOptions> configureOptions)
            => builder.UseAdoNetClustering(options => options.Configure(configureOptions));

        public static IClientBuilder UseAdoNetClustering(this IClientBuilder builder, Action<OptionsBuilder<AdoNetClusteringClientOptions>> configureOptions)
        {
            configureOptions(builder.Services.AddOptions<AdoNetClusteringClientOptions>());
            OneProcessOnly.Refuse(builder.Services, nameof(UseAdoNetClustering), OneProcessOnly.ClusteringPackage);
            return builder;
        }
    }
}
