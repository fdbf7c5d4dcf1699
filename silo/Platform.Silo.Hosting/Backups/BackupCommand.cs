using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.Hosting.Settings;
using Platform.KeyRotation;
using Platform.Silo.Hosting.Commands;
using Platform.Storage;
using Platform.Storage.Backups;
using Platform.Storage.Beside;

namespace Platform.Silo.Hosting.Backups;

/// <summary><c>./run backup</c>: one backup of the database of these settings, whether or not the platform runs on it. Exit code 0: it is complete; 1: it is not.</summary>
internal static class BackupCommand
{
    public const string Name = "backup";

    private const string To = "--to";

    private const string Usage = """
        ./run backup [--to <folder>] [--Setting=value ...]

        Makes a backup in a new folder below <folder> (default: Platform:Backups:Target), while the platform runs or not. Takes the settings of the
        platform: data directory or connection string, environment, master key. Without other settings the archives open with the master key;
        --Platform:Backups:Recipients=<file> names the OpenPGP public keys that open them instead. How to keep and restore backups:
        docs/operations/backups.md.
        """;

    public static Task<int> RunAsync(string[] args, Assembly program, KnownSettings settings, TextWriter output, TextWriter error) => CommandHost.RunAsync(
        Name,
        Usage,
        args,
        () => Build(args, program, settings, output),
        async (host, stop) =>
        {
            await output.WriteLineAsync(await MakeAsync(host.Services, stop));
            return 0;
        },
        output,
        error);

    private static IHost Build(string[] args, Assembly program, KnownSettings settings, TextWriter output)
    {
        var builder = BackupHost.CreateBuilder(args, program, new HostSyntax(Commands: [], Flags: [], settings) { Options = [To] }, output);
        builder.AddDatabaseBeside();
        builder.Services.AddSingleton<MasterKeyTable>();
        return builder.Build();
    }

    private static async Task<string> MakeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var target = services.GetRequiredService<HostArguments>().ValueOf(To) ?? services.GetRequiredService<IOptions<BackupOptions>>().Value.Target
            ?? throw new BackupException($"Say where to: {To} <folder>, or {BackupOptions.Section}:{nameof(BackupOptions.Target)}.");
        await using var turn = await services.GetRequiredService<IBackupDatabase>().TryTakeTurnAsync(cancellationToken)
            ?? throw new BackupException("Another backup of this database is being made. Try again when it is done.");
        await HoldKeysAsync(services, cancellationToken);
        var (path, manifest) = await services.GetRequiredService<BackupRun>().MakeAsync(target, new BackupPace(0, TimeProvider.System), cancellationToken);
        return Tell(path, manifest);
    }

    /// <summary>While the master key is rotated, and until its file has another name, the key that is current is not the one that this process has opened.</summary>
    private static async Task HoldKeysAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            var secrets = await services.GetRequiredService<MasterKeyTable>().ReadAsync(cancellationToken);
            if (services.GetRequiredService<HeldMasterKeys>().Follow(secrets.ToOrders()) is not { IsCurrent: true } missing) return;
            throw new BackupException($"The master key is not the one of the database: key {missing.Id} is missing. Put it where it is looked for: {services.GetRequiredService<HeldMasterKeys>().PlaceOf(missing.Id)}.");
        }
        catch (Exception none) when (none is StorageUnavailableException or StartupException)
        {
            // No database, or one from before there were rotations: the backup itself says which.
        }
    }

    private static string Tell(string path, BackupManifest manifest)
    {
        var rows = manifest.Content.Rows;
        return string.Create(CultureInfo.InvariantCulture, $"""
            Made {path}
              {rows["tenants"]:N0} tenants, {rows["users"]:N0} users, {rows["sessions"]:N0} sessions, {rows["audit_events"]:N0} events of access logs, {BackupProgress.Size(manifest.Archives.Sum(archive => archive.Bytes))}
              Opens with {(manifest.Recipients is [BackupRecipients.MasterKey] ? "the master key" : "the OpenPGP keys " + string.Join(", ", manifest.Recipients))}; nothing in it can be read without the master key {manifest.MasterKey}.
            """);
    }
}
