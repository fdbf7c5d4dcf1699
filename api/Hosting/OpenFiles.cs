using System.Globalization;

namespace Platform.Api.Hosting;

/// <summary>File descriptors of this process: their limit and their number, on Linux. Elsewhere both are unknown, and nothing depends on them.</summary>
internal sealed class OpenFiles
{
    private const string LimitName = "Max open files";

    private readonly string _fd;

    /// <param name="process">The folder with Linux' files about the process; for tests, a folder of the same form.</param>
    public OpenFiles(string process = "/proc/self")
    {
        _fd = Path.Combine(process, "fd");
        var limits = Path.Combine(process, "limits");
        Limit = File.Exists(limits) ? ReadLimit(File.ReadLines(limits)) : null;
    }

    /// <summary>
    /// RLIMIT_NOFILE as it holds now: the runtime raises the soft limit to the hard one before any code of ours runs. Null where there is none.
    /// </summary>
    public int? Limit { get; }

    /// <summary>Null where it cannot be known. Costs a walk over the list: some milliseconds for 20,000.</summary>
    public int? Count()
    {
        if (Limit is null) return null;
        try
        {
            return Directory.EnumerateFileSystemEntries(_fd).Count();
        }
        catch (IOException)
        {
            // None is left to read the list with.
            return Limit;
        }
    }

    /// <summary>Name, soft limit, hard limit and unit, in columns.</summary>
    private static int? ReadLimit(IEnumerable<string> lines)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith(LimitName, StringComparison.Ordinal));
        if (line is null) return null;
        var soft = line[LimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }
}
