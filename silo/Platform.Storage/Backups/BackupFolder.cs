using System.Globalization;
using Microsoft.Extensions.Options;
using Platform.Backups;
using Platform.Journal;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>The backups of one environment in a folder that may hold others. Touches nothing whose name is not that of such a backup.</summary>
internal sealed class BackupFolder(IOptions<PlatformOptions> platform, IOptions<BackupOptions> options, IOptions<JournalOptions> journal)
{
    /// <summary>File in the folder of a backup that would do.</summary>
    public const string VerifiedMark = "verified";

    private const string FailedMark = "not-verified";
    private const string ChecksumsOnly = "checksums";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private string Prefix => $"platform-{platform.Value.Environment}-";

    public static string NameOf(string environment, DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"platform-{environment}-{time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}");

    /// <summary>Complete ones, oldest first.</summary>
    public IReadOnlyList<FoundBackup> List(string target)
    {
        if (!Directory.Exists(target)) return [];
        var found = new List<FoundBackup>();
        foreach (var path in Directory.GetDirectories(target, Prefix + "*"))
        {
            if (TimeOf(path) is { } time && File.Exists(Path.Combine(path, StoredBackup.Manifest))) found.Add(new FoundBackup(path, time, File.Exists(Path.Combine(path, VerifiedMark))));
        }

        return [.. found.OrderBy(backup => backup.Time)];
    }

    /// <param name="path">Of a backup that would do.</param>
    /// <param name="restored">It was restored; otherwise its bytes are the right ones, and more only its recipients can know.</param>
    public static void MarkVerified(string path, bool restored)
    {
        File.Delete(Path.Combine(path, FailedMark));
        Write(Path.Combine(path, VerifiedMark), restored ? "" : ChecksumsOnly);
    }

    /// <summary>It stays a backup that is not verified, and is tried again.</summary>
    public static void MarkFailed(string path, string reason) => Write(Path.Combine(path, FailedMark), reason);

    /// <summary>What lies there, newest first, and as what it stays.</summary>
    public IReadOnlyList<BackupView> Describe(string target)
    {
        var all = List(target);
        var tiers = BackupRetention.TiersOf(all.Where(backup => backup.IsVerified).Select(backup => backup.Time), options.Value);
        return [.. all.Reverse().Select(backup => Describe(backup, tiers[backup.Time]))];
    }

    /// <summary>
    /// Removes what is not to be kept: older backups once a newer one is verified, what was left of older ones that were cut off, data keys that would undo an erasure, and files of the journal of endings that no backup needs any more.
    /// The caller holds the turn: nobody writes meanwhile.
    /// </summary>
    /// <returns>Names of the backups that are gone.</returns>
    public IReadOnlyList<string> Prune(string target, DateTimeOffset now)
    {
        var all = List(target);
        if (all.LastOrDefault(backup => backup.IsVerified) is not { } newest) return [];
        var kept = BackupRetention.Keep(all.Where(backup => backup.IsVerified).Select(backup => backup.Time), options.Value);
        var gone = all.Where(backup => backup.Time < newest.Time && !kept.Contains(backup.Time)).ToArray();
        foreach (var backup in gone) Remove(backup.Path);
        foreach (var rest in Directory.GetDirectories(target, Prefix + "*" + NewBackup.Partial).Where(rest => TimeOf(rest[..^NewBackup.Partial.Length]) < newest.Time)) Directory.Delete(rest, recursive: true);
        foreach (var backup in all.Except(gone).Where(backup => backup.Time < newest.Time && backup.Time < now - options.Value.DataKeysKept)) File.Delete(Path.Combine(backup.Path, StoredBackup.DataKeys));
        if (journal.Value.Journal is { Length: > 0 } endings) JournalRetention.Prune(endings, platform.Value.Environment, all.Except(gone).First().Time);
        return [.. gone.Select(backup => Path.GetFileName(backup.Path))];
    }

    /// <summary>By its name; null: it is none.</summary>
    private DateTimeOffset? TimeOf(string path) => DateTimeOffset.TryParseExact(
        Path.GetFileName(path)[Prefix.Length..], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static BackupView Describe(FoundBackup backup, IEnumerable<string> tiers)
    {
        var files = new DirectoryInfo(backup.Path).GetFiles();
        var reason = backup.IsVerified ? null : Read(Path.Combine(backup.Path, FailedMark));
        return new BackupView
        {
            Name = Path.GetFileName(backup.Path),
            MadeAt = backup.Time,
            Bytes = files.Sum(file => file.Length),
            Verification = backup.IsVerified ? Read(Path.Combine(backup.Path, VerifiedMark)) == ChecksumsOnly ? BackupVerdict.Checksums : BackupVerdict.Restored
                : reason is null ? BackupVerdict.Pending : BackupVerdict.Failed,
            Reason = reason,
            HasDataKeys = files.Any(file => file.Name == StoredBackup.DataKeys),
            KeptAs = [.. tiers],
        };
    }

    private static string? Read(string mark) => File.Exists(mark) ? File.ReadAllText(mark) : null;

    /// <summary>Older backups go because of it, so it is on disk when this returns.</summary>
    private static void Write(string mark, string text)
    {
        PrivateFile.Write(mark, System.Text.Encoding.UTF8.GetBytes(text));
        DurableFolder.FlushAbove(mark);
    }

    /// <summary>The manifest first: half of it is no backup.</summary>
    private static void Remove(string path)
    {
        File.Delete(Path.Combine(path, StoredBackup.Manifest));
        Directory.Delete(path, recursive: true);
    }
}

/// <summary>A complete backup, by its name.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Time">When it was made.</param>
/// <param name="IsVerified">It was restored into a scratch database and found good.</param>
internal sealed record FoundBackup(string Path, DateTimeOffset Time, bool IsVerified);
