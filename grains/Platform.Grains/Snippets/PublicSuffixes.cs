using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Platform.Snippets;

/// <summary>
/// Names under which strangers register names (publicsuffix.org; source and licence beside the list): nobody owns one of these as a whole. Names in A-labels and lower case.
/// </summary>
internal static class PublicSuffixes
{
    private static readonly Lazy<(FrozenSet<string> Rules, FrozenSet<string> Wildcards, FrozenSet<string> Exceptions)> List = new(Read);

    /// <summary>By the algorithm of the list: exceptions first, then the longest rule; a name that no rule fits has its last label as suffix.</summary>
    public static bool Contains(string domain)
    {
        var (rules, wildcards, exceptions) = List.Value;
        if (exceptions.Contains(domain)) return false;
        if (rules.Contains(domain)) return true;
        var dot = domain.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 || wildcards.Contains(domain[(dot + 1)..]);
    }

    private static (FrozenSet<string> Rules, FrozenSet<string> Wildcards, FrozenSet<string> Exceptions) Read()
    {
        var idn = new IdnMapping();
        var (rules, wildcards, exceptions) = (new List<string>(), new List<string>(), new List<string>());
        using var stream = typeof(PublicSuffixes).Assembly.GetManifestResourceStream("public_suffix_list.dat")
            ?? throw new InvalidOperationException("The list of public suffixes is not part of this assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line.StartsWith("//", StringComparison.Ordinal)) continue;
            var rule = line.Split(' ', '\t')[0];
            if (rule[0] == '!') exceptions.Add(idn.GetAscii(rule[1..]));
            else if (rule.StartsWith("*.", StringComparison.Ordinal)) wildcards.Add(idn.GetAscii(rule[2..]));
            else rules.Add(idn.GetAscii(rule));
        }

        return (rules.ToFrozenSet(StringComparer.Ordinal), wildcards.ToFrozenSet(StringComparer.Ordinal), exceptions.ToFrozenSet(StringComparer.Ordinal));
    }
}
