using System.Reflection;
using Microsoft.Extensions.Options;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>Makes one backup.</summary>
internal sealed class BackupRun(IBackupDatabase database, MasterKey master, IOptions<PlatformOptions> platform, IOptions<BackupOptions> options, BackupProgress progress, TimeProvider time)
{
    /// <summary>Of this program.</summary>
    public static string Version { get; } = typeof(BackupRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The caller holds the turn (<see cref="IBackupDatabase.TryTakeTurnAsync"/>).</summary>
    /// <param name="target">Folder of all backups.</param>
    /// <param name="pace">How fast.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <returns>Where it is, and what it holds.</returns>
    public Task<(string Path, BackupManifest Manifest)> MakeAsync(string target, BackupPace pace, CancellationToken cancellationToken) => MakeAsync(target, time.GetUtcNow(), pace, cancellationToken);

    /// <summary>The caller holds the turn, and has told its name.</summary>
    /// <param name="target">Folder of all backups.</param>
    /// <param name="now">Time in its name (<see cref="BackupFolder.NameOf"/>), not after the present one.</param>
    /// <param name="pace">How fast.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <returns>Where it is, and what it holds.</returns>
    public async Task<(string Path, BackupManifest Manifest)> MakeAsync(string target, DateTimeOffset now, BackupPace pace, CancellationToken cancellationToken)
    {
        if (master.IsNew) throw new BackupException($"The master key {platform.Value.MasterKeyPath} is missing. Without it a backup could never be read.");
        // One for all of it: it may change meanwhile.
        var key = master.Current;
        var recipients = options.Value.Recipients is { Length: > 0 } file ? BackupRecipients.Read(file) : BackupRecipients.Of(key);
        using var backup = Begin(target, BackupFolder.NameOf(platform.Value.Environment, now), recipients, now);
        try
        {
            var content = await database.DumpAsync(backup, pace, cancellationToken);
            var manifest = backup.Complete(
                new BackupManifest
                {
                    Format = BackupManifest.CurrentFormat,
                    PlatformVersion = Version,
                    Database = database.Kind,
                    Environment = platform.Value.Environment,
                    MadeAt = now,
                    MasterKey = key.Id,
                    Recipients = recipients.Names,
                    Content = content,
                    Archives = [],
                },
                key);
            return (backup.Path, manifest);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup cannot be written: {unwritable.Message}", unwritable);
        }
    }

    private NewBackup Begin(string target, string name, BackupRecipients recipients, DateTimeOffset now)
    {
        try
        {
            return new NewBackup(target, name, recipients, now, progress);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The folder {Path.GetFullPath(target)} cannot be used: {unwritable.Message}", unwritable);
        }
    }
}
