namespace Platform.Hosting.Settings;

/// <summary>Finds the name that somebody probably meant by an unknown one: the known name with the fewest edits, ignoring case.</summary>
/// <remarks>Time and memory grow with the product of both lengths: names from outside are cut before they come here.</remarks>
public static class NearestName
{
    /// <summary>Names the nearest one, however far it is.</summary>
    public static string Hint(string name, IEnumerable<string> known) => $"Did you mean {Of(name, known)}?";

    /// <summary>The nearest one, if at most a third of it differs; otherwise null. One that differs in case only is always near.</summary>
    public static string? Near(string name, IReadOnlyCollection<string> known) =>
        known.Count > 0 && Of(name, known) is var nearest && Distance(name, nearest) <= Math.Max(name.Length, nearest.Length) / 3 ? nearest : null;

    /// <summary>The right last part in the wrong section counts as one edit, so that <c>Platform:IdleTimeout</c> finds <c>Platform:Sessions:IdleTimeout</c>.</summary>
    /// <exception cref="InvalidOperationException">Nothing is known.</exception>
    public static string Of(string name, IEnumerable<string> known) => known.MinBy(candidate => Distance(name, candidate))!;

    private static int Distance(string name, string candidate)
    {
        var moved = LastPart(candidate).Equals(LastPart(name), StringComparison.OrdinalIgnoreCase) ? 1 : int.MaxValue;
        return Math.Min(moved, Edits(name.ToUpperInvariant(), candidate.ToUpperInvariant()));
    }

    private static string LastPart(string name) => name[(name.LastIndexOf(':') + 1)..];

    /// <summary>Optimal string alignment: insert, delete, replace, and swap of two neighbours.</summary>
    public static int Edits(string a, string b)
    {
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) edits[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) edits[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var best = Math.Min(Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1, edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = Math.Min(best, edits[i - 2, j - 2] + 1);
                edits[i, j] = best;
            }
        }

        return edits[a.Length, b.Length];
    }
}
