namespace Platform.Audit;

/// <summary>Text that came from outside, as it may stand in the log: well-formed Unicode of bounded length. Control characters stay; JSON escapes them.</summary>
internal static class AuditText
{
    private const int MaxLength = 256;

    public static string? Bound(string? text)
    {
        if (text is null) return null;
        if (text.Length > MaxLength) text = text[..MaxLength];
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else text = string.Concat(text.AsSpan(0, i), "\uFFFD", text.AsSpan(i + 1));
        }

        return text;
    }
}
