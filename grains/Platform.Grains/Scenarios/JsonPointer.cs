namespace Platform.Scenarios;

/// <summary>RFC 6901.</summary>
internal static class JsonPointer
{
    public static string Join(string pointer, string member) =>
        $"{pointer}/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
