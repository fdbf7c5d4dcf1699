using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Platform.Hosting.MasterKeys;
using Platform.Security;

namespace Platform.Hosting;

/// <summary>Makes a process part of an installation: the same options, master key and identity of the cluster.</summary>
internal static class InstallationExtensions
{
    private const string ClusterName = "platform";

    /// <summary>Timeout of a grain call without one of its own.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The options and the master key.</summary>
    public static void AddPlatformOptions(this IServiceCollection services)
    {
        services.AddPlatformSettings(needsMasterKey: true);
        services.TryAddSingleton(provider => provider.GetRequiredService<IMasterKeySource>().Open());
        services.TryAddSingleton(provider => IndexKey.Of(provider.GetRequiredService<MasterKey>()));
        services.TryAddSingleton<HeldMasterKeys>();
    }

    /// <summary>The options, and where the master key is.</summary>
    /// <param name="services">Of the process.</param>
    /// <param name="needsMasterKey">False for what works without it.</param>
    public static void AddPlatformSettings(this IServiceCollection services, bool needsMasterKey)
    {
        services.AddOptions<PlatformOptions>().BindConfiguration(PlatformOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<PlatformOptions>>(provider => new MasterKeyOptionsValidator(provider.GetRequiredService<IConfiguration>(), needsMasterKey));
        services.TryAddSingleton(provider => new OtherMasterKeys(provider.GetRequiredService<IOptions<PlatformOptions>>().Value));
        services.TryAddSingleton(provider => MasterKeySources.Of(provider.GetRequiredService<IOptions<PlatformOptions>>().Value));
    }

    /// <summary>The id of service and cluster alike, so that processes of two environments never meet (row DMZ).</summary>
    public static string ClusterIdOf(IConfiguration configuration) =>
        $"{ClusterName}-{configuration[PlatformOptions.Section + ":" + nameof(PlatformOptions.Environment)] ?? new PlatformOptions().Environment}";

    public static ClusterCredential CredentialOf(IServiceProvider provider)
    {
        var cluster = provider.GetRequiredService<IOptions<ClusterOptions>>().Value;
        return new ClusterCredential(provider.GetRequiredService<MasterKey>(), cluster.ServiceId, cluster.ClusterId);
    }
}
