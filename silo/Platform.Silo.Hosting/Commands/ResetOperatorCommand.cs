using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.Hosting.Settings;
using Platform.Storage;
using Platform.Storage.Sqlite;

namespace Platform.Silo.Hosting.Commands;

/// <summary>
/// <c>reset-operator &lt;username&gt; [settings]</c>: a new password for an operator who cannot get in any more. It runs as the only process on the data, because grains
/// hold what they have read: a platform that runs beside it would go on with the old password.
/// </summary>
internal static class ResetOperatorCommand
{
    public const string Name = "reset-operator";

    private const string Usage =
        """
        Use: reset-operator <username> [--Setting=value ...]

        Gives an operator (a user of tenant 'platform' who may operate) a new random password, shown once, which has to be
        replaced at the next sign-in. Removes the second factors, ends all sessions, and says so in the access log. For who
        is locked out; anybody else resets by mail, or is helped by another operator.

        It takes the settings of the platform and needs its data and its master key. The whole platform has to be stopped
        before, all nodes of a cluster too: it is refused while another process uses the database. The schema has to be
        that of this version (migrate).

        Exit codes: 0 done; 1 refused or failed.
        """;

    public static Task<int> RunAsync(string[] args, Assembly program, KnownSettings settings, TextWriter output, TextWriter error) => CommandHost.RunAsync(
        Name,
        Usage,
        args,
        () => args is [var username, .. var rest] && !username.StartsWith('-') ? Build(rest, program, settings) : throw new StartupException($"Name the operator: {Name} <username> [--Setting=value ...]."),
        (host, stop) =>
        {
            DemandPlatform(host.Services);
            return HostRun.WithAsync(host, () => host.Services.GetRequiredService<OperatorReset>().RunAsync(args[0], output, stop), stop);
        },
        output,
        error);

    private static IHost Build(string[] args, Assembly program, KnownSettings settings)
    {
        var builder = CommandHost.CreateBuilder(args, program, new HostSyntax(Commands: [], Flags: [], settings));

        // No reason to change the schema.
        builder.AddSilo(($"{DatabaseOptions.Section}:{nameof(DatabaseOptions.ApplySchema)}", bool.FalseString));
        builder.Services.AddSingleton<OperatorReset>();
        return builder.Build();
    }

    /// <summary>Before anything is made: a first start is not this command's to do.</summary>
    private static void DemandPlatform(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PlatformOptions>>().Value;
        var noDatabase = string.IsNullOrWhiteSpace(services.GetRequiredService<IConfiguration>().GetConnectionString(DatabaseOptions.ConnectionName)) && !File.Exists(Path.Combine(options.DataDirectory, SqliteFile.Name));
        if (noDatabase) throw new StartupException($"There is no platform in the data directory {Path.GetFullPath(options.DataDirectory)}. Name that of the platform (Platform:DataDirectory), or its database (ConnectionStrings:Platform).");
        if (!MasterKeySources.IsConfigured(options) && !File.Exists(options.MasterKeyPath))
        {
            throw new StartupException($"The master key {options.MasterKeyPath} is missing. Name the data directory of the platform, or where its master key is (docs/operations/keys-and-backups.md).");
        }
    }
}
