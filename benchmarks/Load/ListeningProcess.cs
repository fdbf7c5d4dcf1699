using System.Globalization;

namespace Platform.Benchmarks.Load;

/// <summary>The process of this machine that listens at a port, by what Linux tells of it.</summary>
internal sealed record ListeningProcess(int Id)
{
    /// <summary>The kernel tells processor time in hundredths of a second, whatever its own clock.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private const string Listening = "0A";

    /// <returns>Null where there is none that may be looked at.</returns>
    public static ListeningProcess? Find(int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        var sockets = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > 9 && columns[3] == Listening && columns[1].EndsWith(suffix, StringComparison.Ordinal))
            .Select(columns => $"socket:[{columns[9]}]").ToHashSet(StringComparer.Ordinal);
        if (sockets.Count == 0) return null;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Holds(folder, sockets)) return new ListeningProcess(id);
        }

        return null;
    }

    /// <summary>Since it started; null when it has ended.</summary>
    public TimeSpan? Processor()
    {
        // The name stands in brackets and may hold anything.
        if (Read("stat") is not { } stat) return null;
        var columns = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(columns[11], CultureInfo.InvariantCulture) + long.Parse(columns[12], CultureInfo.InvariantCulture)) * Tick;
    }

    /// <summary>Bytes; null when it has ended.</summary>
    public long? Resident() => Read("statm") is { } statm ? long.Parse(statm.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize : null;

    private string? Read(string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{Id}/{file}");
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool Holds(string folder, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(folder + "/fd").Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false) is { } target && sockets.Contains(target.Name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
