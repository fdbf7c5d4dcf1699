using System.Buffers;

namespace Platform.Snippets;

/// <summary>The characters of host names (RFC 1123) in the one form in which browsers write them.</summary>
public static class DomainNames
{
    private const string WildcardStart = "*.";

    /// <summary>Letters in lower case, digits and the hyphen.</summary>
    public static SearchValues<char> LabelCharacters { get; } = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Stands for one label below a domain.</summary>
    public static bool IsWildcard(string domain) => domain.StartsWith(WildcardStart, StringComparison.Ordinal);

    public static string WildcardBelow(string domain) => WildcardStart + domain;

    /// <summary>The domain above a wildcard; any other domain itself.</summary>
    public static string WithoutWildcard(string domain) => IsWildcard(domain) ? domain[WildcardStart.Length..] : domain;
}
