using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
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
        services.AddOptions<PlatformOptions>().BindConfiguration(PlatformOptions.Section).ValidateDataAnnotations().ValidateOnStart()
            .Validate(
                options => options.Topology == Topology.Embedded || options.MasterKeyFile is { Length: > 0 },
                "Platform:MasterKeyFile is missing: the processes of a cluster share one master key. Make it once, 32 random bytes, and give each of them the same file.");
        services.TryAddSingleton(provider => OpenMasterKey(provider.GetRequiredService<IOptions<PlatformOptions>>().Value));
    }

    /// <summary>The id of service and cluster alike, so that processes of two environments never meet (row DMZ).</summary>
    public static string ClusterIdOf(IConfiguration configuration) =>
        $"{ClusterName}-{configuration[PlatformOptions.Section + ":" + nameof(PlatformOptions.Environment)] ?? new PlatformOptions().Environment}";

    public static ClusterCredential CredentialOf(IServiceProvider provider)
    {
        var cluster = provider.GetRequiredService<IOptions<ClusterOptions>>().Value;
        return new ClusterCredential(provider.GetRequiredService<MasterKey>(), cluster.ServiceId, cluster.ClusterId);
    }

    /// <summary>For what works without the master key as well: null where none is named and none is where it would be.</summary>
    /// <exception cref="StartupException">One is named, and cannot be read.</exception>
    public static MasterKey? FindMasterKey(PlatformOptions options) =>
        options.MasterKeyFile is { Length: > 0 } || File.Exists(options.MasterKeyPath) ? OpenMasterKey(options) : null;

    private static MasterKey OpenMasterKey(PlatformOptions options)
    {
        try
        {
            return options.MasterKeyFile is { Length: > 0 } ? MasterKey.Open(options.MasterKeyPath) : MasterKey.OpenOrNew(options.MasterKeyPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (options.MasterKeyFile is { Length: > 0 } named) throw new StartupException($"Platform:MasterKeyFile: {Path.GetFullPath(named)} cannot be used: {e.Message}", e);
            throw new StartupException($"The data directory {Path.GetFullPath(options.DataDirectory)} cannot be used: {e.Message}", e);
        }
    }
}
