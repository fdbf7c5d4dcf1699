namespace Platform.Journal;

/// <summary>The journal is for restores: what is older than the oldest backup serves none.</summary>
internal static class JournalRetention
{
    /// <summary>A file is of one day, and a little more where nobody wrote for a minute.</summary>
    public static readonly TimeSpan LongestFile = TimeSpan.FromHours(25);

    /// <summary>Removes files that ended before the oldest backup was made; never the newest, nor any where the folder is away.</summary>
    public static void Prune(string folder, string environment, DateTimeOffset oldestBackup)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var (path, openedAt) in JournalFile.List(folder, environment).SkipLast(1))
        {
            if (openedAt < oldestBackup - LongestFile) File.Delete(path);
        }
    }
}
