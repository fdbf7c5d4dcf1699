using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.Hosting.Settings;
using Platform.Storage;
using Platform.Storage.Upgrades;

namespace Platform.Silo.Hosting.Commands;

/// <summary><c>migrate [--dry-run] [settings]</c>: brings the database of the settings to the schema of this version, and ends.</summary>
internal static class MigrateCommand
{
    public const string Name = "migrate";

    private const string DryRun = "--dry-run";

    /// <summary>Exit code of <c>--dry-run</c> where something would run.</summary>
    private const int Pending = 3;

    private const string Usage =
        """
        Use: migrate [--dry-run] [--Setting=value ...]

        Brings the database of the settings (PostgreSQL, or the SQLite file in the data directory) to the schema of this
        version of the platform, and ends. It takes the same settings as the platform, from the command line, the
        environment and appsettings.json. It needs no master key; where one is configured, it has to be the database's.
        PostgreSQL may be in use meanwhile; the process that uses a SQLite file has to be stopped before.

          --dry-run   says which scripts would run; changes nothing

        Exit codes: 0 the schema is that of this version; 1 it was refused or failed, and nothing was changed;
        3 with --dry-run: scripts would run.
        """;

    public static Task<int> RunAsync(string[] args, Assembly program, KnownSettings settings, TextWriter output, TextWriter error) => CommandHost.RunAsync(
        Name,
        Usage,
        args,
        () => Build(args, program, settings),
        (host, stop) => RunAsync(Migrator(host.Services), host.Services.GetRequiredService<HostArguments>().Has(DryRun), output, stop),
        output,
        error);

    private static async Task<int> RunAsync(SchemaMigrator migrator, bool dryRun, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"Database: {migrator.Description}");
        if (dryRun)
        {
            var pending = await migrator.PendingAsync(cancellationToken);
            if (pending.Count == 0) return await NothingAsync(migrator, output);
            foreach (var migration in pending) await output.WriteLineAsync($"Would run {migration.Name}");
            await output.WriteLineAsync("Nothing was changed. Without --dry-run the scripts run.");
            return Pending;
        }

        var ran = 0;
        await migrator.RunAsync(
            migration =>
            {
                ran++;
                output.WriteLine($"Running {migration.Name}");
                output.Flush();
            },
            cancellationToken);
        if (ran == 0) return await NothingAsync(migrator, output);
        await output.WriteLineAsync($"Done: the schema has version {migrator.Version}.");
        return 0;
    }

    private static async Task<int> NothingAsync(SchemaMigrator migrator, TextWriter output)
    {
        await output.WriteLineAsync($"Nothing to do: the schema has version {migrator.Version}, that of this platform.");
        return 0;
    }

    private static IHost Build(string[] args, Assembly program, KnownSettings settings)
    {
        var builder = CommandHost.CreateBuilder(args, program, new HostSyntax(Commands: [], Flags: [DryRun], settings));
        builder.Services.AddPlatformSettings(needsMasterKey: false);
        builder.Services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return builder.Build();
    }

    private static SchemaMigrator Migrator(IServiceProvider services)
    {
        var platform = services.GetRequiredService<IOptions<PlatformOptions>>().Value;
        var connectionString = services.GetRequiredService<IConfiguration>().GetConnectionString(DatabaseOptions.ConnectionName);
        return new SchemaMigrator(
            platform.DataDirectory,
            string.IsNullOrWhiteSpace(connectionString) ? null : connectionString,
            services.GetRequiredService<IOptions<DatabaseOptions>>().Value,
            new DatabaseIdentity(MasterKeySources.Find(platform), services.GetRequiredService<IMasterKeySource>(), services.GetRequiredService<OtherMasterKeys>(), platform));
    }
}
