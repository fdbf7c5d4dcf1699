using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Hosting;
using Platform.Hosting.Settings;
using Platform.Internal;
using Platform.KeyRotation;
using Platform.Restores;
using Platform.Security;
using Platform.Silo.Hosting.Commands;
using Platform.Storage;
using Platform.Storage.Backups;

namespace Platform.Silo.Hosting.Backups;

/// <summary>
/// <c>./run restore</c>: fills an empty database from a backup, and carries out what follows before any process may start on it. Exit code 0: it is done; 1: it is not, and no process starts on
/// what is there.
/// </summary>
internal static class RestoreCommand
{
    public const string Name = "restore";

    private const string From = "--from";
    private const string Recovered = "--recovered";
    private const string DataKeys = "--data-keys";
    private const string Key = "--key";
    private const string PassphraseFile = "--key-passphrase-file";

    private const string Usage = """
        ./run restore --recovered [--Setting=value ...]
        ./run restore --from <backup> [--data-keys <backup>] [--journal <folder>] [--key <file>] [--key-passphrase-file <file>] [--Setting=value ...]

        Fills the empty data directory, or the empty database of the connection string, from a backup. Put the master key there first. A backup that was
        altered, or is of another environment or master key, is refused before anything is touched.
          --recovered             the database was brought back by other means (point-in-time recovery, a snapshot of the disk): only what follows
          --data-keys             another backup, the newest there is: whoever was erased until then stays erased
          --journal               folder of the journal of endings (default: Platform:Backups:Journal): what has ended since the backup ends again
          --without-journal       although there is one
          --key                   OpenPGP secret key, where the backup was made for recipients
          --key-passphrase-file   file with the passphrase of that key

        All sessions and all support access are over afterwards, and links that were sent are void. Without a journal, or where it has a gap, API keys are
        revoked, too, and whoever has no second factor chooses a new password at the next sign-in: the backup does not know what has ended since. See
        docs/operations/backups.md.
        """;

    private const string Followed = """
          Sessions, support access and links that were sent have ended. The access log of each tenant says what else, and which time is missing. Start the
          platform with the same settings.
        """;

    private static readonly Operation Unmark = new("write", RestoreMarker.Table);

    public static Task<int> RunAsync(string[] args, Assembly program, KnownSettings settings, TextWriter output, TextWriter error) => CommandHost.RunAsync(
        Name,
        Usage,
        args,
        () => Build(args, program, settings, output),
        async (host, stop) =>
        {
            await output.WriteLineAsync(await RunAsync(host, host.Services.GetRequiredService<HostArguments>(), stop));
            return 0;
        },
        output,
        error);

    private static IHost Build(string[] args, Assembly program, KnownSettings settings, TextWriter output)
    {
        var syntax = new HostSyntax(Commands: [], Flags: [Recovered, RestoreJournal.Without], settings) { Options = [From, DataKeys, RestoreJournal.From, Key, PassphraseFile] };
        var builder = BackupHost.CreateBuilder(args, program, syntax, output);

        // No backup by the clock meanwhile.
        builder.AddSilo(($"{BackupOptions.Section}:{nameof(BackupOptions.Target)}", ""));
        builder.Services.AddSingleton<RestoreUnderWay>();
        builder.Services.AddSingleton<RestoreConsequences>();
        builder.Services.AddSingleton<RestoreJournal>();
        return builder.Build();
    }

    private static Task<string> RunAsync(IHost host, HostArguments arguments, CancellationToken cancellationToken) => (arguments.ValueOf(From), arguments.Has(Recovered)) switch
    {
        ({ Length: > 0 } from, false) => RestoreAsync(host, arguments, from, cancellationToken),
        (null, true) => FollowRecoveryAsync(host, cancellationToken),
        _ => throw new BackupException($"Say what from: {From} <backup>; or {Recovered}, without it, where the database was brought back by other means. All: {Name} --help."),
    };

    private static async Task<string> RestoreAsync(IHost host, HostArguments arguments, string from, CancellationToken cancellationToken)
    {
        var identity = arguments.ValueOf(Key) is { } key ? BackupIdentity.Read(key, ReadPassphrase(arguments.ValueOf(PassphraseFile))) : null;
        var journal = host.Services.GetRequiredService<RestoreJournal>();
        var (manifest, keyOfDataKeys) = await host.Services.GetRequiredService<RestoreRun>().RestoreAsync(
            from, arguments.ValueOf(DataKeys), identity, found => journal.Read(found.MadeAt, found.Content.AccessLogs), cancellationToken);
        var tenants = await FollowAsync(host, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(from))), manifest.MadeAt, keyOfDataKeys, cancellationToken);
        var rows = manifest.Content.Rows;
        return string.Create(CultureInfo.InvariantCulture, $"""
            Restored what was there at {manifest.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC
              {tenants.Count:N0} tenants, {rows["users"]:N0} users, {rows["sessions"]:N0} sessions, {rows["audit_events"]:N0} events of access logs
            {Tell(journal, tenants)}
            {Followed}
            """);
    }

    private static async Task<string> FollowRecoveryAsync(IHost host, CancellationToken cancellationToken)
    {
        var (newest, heads) = await host.Services.GetRequiredService<RestoreRun>().MarkRecoveredAsync(cancellationToken);
        var journal = host.Services.GetRequiredService<RestoreJournal>();
        journal.Read(newest ?? DateTimeOffset.MinValue, heads);

        // Without any event there is no tenant whose log would say from when on something is missing.
        var tenants = await FollowAsync(host, "recovered", newest ?? DateTimeOffset.MinValue, keyOfDataKeys: null, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"""
            {(newest is { } at ? $"The newest event in the database is of {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "The database holds no event of an access log")}
              {tenants.Count:N0} tenants
            {Tell(journal, tenants)}
            {Followed}
            """);
    }

    private static string Tell(RestoreJournal journal, RestoredTenants tenants) => string.Join(Environment.NewLine, journal.Describe(tenants).Select(line => "  " + line));

    private static async Task<RestoredTenants> FollowAsync(IHost host, string name, DateTimeOffset backupAt, MasterKeyVersion? keyOfDataKeys, CancellationToken cancellationToken)
    {
        var services = host.Services;
        services.GetRequiredService<BackupProgress>().Begin("Ending sessions, API keys and support access ...");
        return await HostRun.WithAsync(
            host,
            async () =>
            {
                // Made after a rotation, for data from before it: from here on one key opens both.
                if (keyOfDataKeys is not null) await services.GetRequiredService<WrappedRecords>().RewrapAllDataKeysAsync(keyOfDataKeys, cancellationToken);
                var restore = new PlatformRestore(name, backupAt, services.GetRequiredService<TimeProvider>().GetUtcNow(), Name, MachineAccount.Of(Name));
                var tenants = await services.GetRequiredService<RestoreConsequences>().ApplyAsync(restore, services.GetRequiredService<RestoreJournal>().Plans, cancellationToken);
                await services.GetRequiredService<IDatabase>().WriteAsync(Unmark, new Statement(RestoreMarker.Drop), cancellationToken);
                return tenants;
            },
            cancellationToken);
    }

    private static string ReadPassphrase(string? path)
    {
        try
        {
            return path is null ? "" : File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The passphrase cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
