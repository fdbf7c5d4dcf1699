using System.Buffers;

namespace Platform.Snippets;

/// <summary>The characters of host names (RFC 1123) in the one form in which browsers write them.</summary>
public static class DomainNames
{
    /// <summary>Letters in lower case, digits and the hyphen.</summary>
    public static SearchValues<char> LabelCharacters { get; } = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
}
