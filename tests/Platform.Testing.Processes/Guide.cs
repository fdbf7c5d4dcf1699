namespace Platform.Testing.Processes;

/// <summary>The lines of a page of the guide that somebody types or puts into a file: those that are indented.</summary>
public sealed class Guide
{
    private readonly List<string> _left;

    private Guide(IEnumerable<string> lines) => _left = [.. lines];

    /// <summary>Those that nobody took, in their order.</summary>
    public IReadOnlyList<string> Left => _left;

    public static async Task<Guide> ReadAsync(string page)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "operations", page));
        return new Guide(lines.Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line.Trim()));
    }

    /// <summary>The first one that begins so.</summary>
    public string Take(string start)
    {
        var line = _left.Find(line => line.StartsWith(start, StringComparison.Ordinal)) ?? throw new InvalidOperationException($"The guide does not say '{start}' (any more).");
        _left.Remove(line);
        return line;
    }
}
