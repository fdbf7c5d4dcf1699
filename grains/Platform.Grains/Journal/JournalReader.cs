using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Platform.Security;

namespace Platform.Journal;

/// <summary>What a restore found in a folder of the journal.</summary>
internal sealed record ReadJournal
{
    /// <summary>Those that were wanted, in the order of the files.</summary>
    public required IReadOnlyList<JournalEvent> Events { get; init; }

    /// <summary>Hashes of events that are in no log.</summary>
    public required IReadOnlySet<string> Withdrawn { get; init; }

    /// <summary>When the last line was written, of whatever kind; null: there is none.</summary>
    public required DateTimeOffset? LastAt { get; init; }

    /// <summary>Why it does not know all that has happened since the backup; empty: as far as its files can tell, it does.</summary>
    public required IReadOnlyList<string> Gaps { get; init; }
}

/// <summary>The journal was altered, or cannot be read. Its message says what to do.</summary>
internal sealed class JournalException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Reads the files of the journal of endings and believes nothing that the master key does not vouch for.</summary>
internal static class JournalReader
{
    /// <param name="folder">Of the journal.</param>
    /// <param name="environment">Of the platform.</param>
    /// <param name="key">Of the platform.</param>
    /// <param name="since">When the backup was made.</param>
    /// <param name="isWanted">Events that are to be kept in memory.</param>
    /// <exception cref="JournalException">A line is not as the platform wrote it.</exception>
    public static ReadJournal Read(string folder, string environment, JournalKey key, DateTimeOffset since, Func<JournalEvent, bool> isWanted)
    {
        try
        {
            return ReadAll(folder, environment, key, since, isWanted);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"The journal of endings in {folder} cannot be read: {unreadable.Message} Without it: --without-journal.", unreadable);
        }
    }

    private static ReadJournal ReadAll(string folder, string environment, JournalKey key, DateTimeOffset since, Func<JournalEvent, bool> isWanted)
    {
        if (!Directory.Exists(folder)) throw new JournalException($"The folder {folder} of the journal of endings is not there. Mount its disk, or restore without it: --without-journal.");
        var files = JournalFile.List(folder, environment);
        var (events, gaps) = (new List<JournalEvent>(), new List<string>());
        var (named, withdrawn) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        DateTimeOffset? last = null;
        if (files.Count == 0 || files[0].OpenedAt > since) gaps.Add($"It begins after {Print(since)}.");
        foreach (var (path, openedAt) in files)
        {
            if (openedAt < since - JournalRetention.LongestFile) continue;
            foreach (var line in ReadFile(path, key))
            {
                last = last > line.At ? last : line.At;
                if (line is JournalOpened opened && opened.MasterKey != key.MasterKeyId)
                {
                    gaps.Add($"{Path.GetFileName(path)} was written with another master key ({opened.MasterKey}).");
                    break;
                }

                if (line is JournalOpened first) named.UnionWith(first.Files);
                if (line is JournalWithdrawn nothing) withdrawn.UnionWith(nothing.Hashes);
                if (line is JournalEvent one && isWanted(one)) events.Add(one);
            }
        }

        var there = files.Select(file => Path.GetFileName(file.Path)).ToHashSet(StringComparer.Ordinal);
        gaps.AddRange(named.Where(name => !there.Contains(name) && JournalFile.OpenedAtOf(name, environment) >= since - JournalRetention.LongestFile).Order(StringComparer.Ordinal).Select(name => $"{name} is missing."));
        return new ReadJournal { Events = events, Withdrawn = withdrawn, LastAt = last, Gaps = gaps };
    }

    /// <summary>Ends at a line that was torn when the process, or the machine, went down: nobody was told that it was done.</summary>
    private static IEnumerable<JournalLine> ReadFile(string path, JournalKey key)
    {
        var bytes = ReadBytes(path);
        var (from, number, last) = (0, 0, Array.Empty<byte>());
        while (from < bytes.Length && Array.IndexOf(bytes, (byte)'\n', from) is >= 0 and var end)
        {
            number++;
            var line = bytes.AsMemory(from, end - from);
            var tab = line.Span.LastIndexOf((byte)'\t');
            var read = tab < 0 ? null : Parse(line.Span[..tab]);

            // Its authenticator is of another key; the caller reads no further.
            if (number == 1 && read is JournalOpened opened && opened.MasterKey != key.MasterKeyId)
            {
                yield return read;
                yield break;
            }

            if (tab < 0 || !IsGenuine(line.Span[(tab + 1)..], last = key.Authenticate(last, line.Span[..tab])))
            {
                throw new JournalException(string.Create(
                    CultureInfo.InvariantCulture, $"{path} was altered: line {number} is not as the platform wrote it. Take another copy of the journal, or restore without it: --without-journal."));
            }

            yield return read ?? throw new JournalException($"{path} was written by a newer version of the platform. Restore with that version.");
            from = end + 1;
        }
    }

    /// <summary>A process may still write to it.</summary>
    private static byte[] ReadBytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static bool IsGenuine(ReadOnlySpan<byte> written, ReadOnlySpan<byte> right) =>
        CryptographicOperations.FixedTimeEquals(written, System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(right)));

    private static JournalLine? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, JournalJson.Default.JournalLine);
        }
        catch (Exception unknown) when (unknown is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private static string Print(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
