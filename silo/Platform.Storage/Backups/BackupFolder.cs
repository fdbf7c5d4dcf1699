using System.Globalization;
using Microsoft.Extensions.Options;
using Platform.Journal;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>The backups of one environment in a folder that may hold others. Touches nothing whose name is not that of such a backup.</summary>
internal sealed class BackupFolder(IOptions<PlatformOptions> platform, IOptions<BackupOptions> options, IOptions<JournalOptions> journal)
{
    private const string VerifiedMark = "verified";
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
            var isOne = DateTimeOffset.TryParseExact(
                Path.GetFileName(path)[Prefix.Length..], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
            if (isOne && File.Exists(Path.Combine(path, StoredBackup.Manifest))) found.Add(new FoundBackup(path, time, File.Exists(Path.Combine(path, VerifiedMark))));
        }

        return [.. found.OrderBy(backup => backup.Time)];
    }

    public static void MarkVerified(string path) => PrivateFile.Open(Path.Combine(path, VerifiedMark), FileShare.None).Dispose();

    /// <summary>Removes what is not to be kept: older backups once a newer one is verified, data keys that would undo an erasure, and files of the journal of endings that no backup needs any more.</summary>
    /// <returns>Names of the backups that are gone.</returns>
    public IReadOnlyList<string> Prune(string target, DateTimeOffset now)
    {
        var all = List(target);
        if (all.LastOrDefault(backup => backup.IsVerified) is not { } newest) return [];
        var kept = BackupRetention.Keep(all.Where(backup => backup.IsVerified).Select(backup => backup.Time), options.Value);
        var gone = all.Where(backup => backup.Time < newest.Time && !kept.Contains(backup.Time)).ToArray();
        foreach (var backup in gone) Remove(backup.Path);
        foreach (var backup in all.Except(gone).Where(backup => backup.Time < newest.Time && backup.Time < now - options.Value.DataKeysKept)) File.Delete(Path.Combine(backup.Path, StoredBackup.DataKeys));
        if (journal.Value.Journal is { Length: > 0 } endings) JournalRetention.Prune(endings, platform.Value.Environment, all.Except(gone).First().Time);
        return [.. gone.Select(backup => Path.GetFileName(backup.Path))];
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
