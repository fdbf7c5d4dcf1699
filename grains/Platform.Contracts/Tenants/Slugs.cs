using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Platform.Tenants;

/// <summary>A slug is 2 to 63 characters of <c>a-z 0-9 -</c>, begins with a letter, does not end with a hyphen and is not shaped like an id.</summary>
public static class Slugs
{
    /// <summary>Tenant of the operators.</summary>
    public const string Platform = "platform";

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static bool IsValid([NotNullWhen(true)] string? slug) =>
        slug is { Length: >= 2 and <= 63 }
        && char.IsAsciiLetterLower(slug[0])
        && slug[^1] != '-'
        && !slug.AsSpan().ContainsAnyExcept(Allowed);
}
