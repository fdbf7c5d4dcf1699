using System.Text.RegularExpressions;

namespace Platform.ProcessTests.Operations;

/// <summary>
/// Reads the YAML that compose.yaml is written in: maps and lists in blocks or on one line, anchors, aliases and merges, comments. Whatever else fails.
/// </summary>
internal sealed partial class ComposeFile
{
    private readonly List<(int Indent, string Text)> _lines = [];
    private readonly Dictionary<string, object?> _anchors = new(StringComparer.Ordinal);
    private int _at;

    private ComposeFile(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var content = Comment().Replace(line, "").TrimEnd();
            if (content.Length > 0) _lines.Add((content.Length - content.TrimStart().Length, content.TrimStart()));
        }
    }

    public static Dictionary<string, object?> Parse(string text)
    {
        var file = new ComposeFile(text);
        var root = file.Map(0);
        return file._at == file._lines.Count ? root : throw new FormatException($"Not understood: {file._lines[file._at].Text}");
    }

    private object? Block(int above)
    {
        if (_at == _lines.Count || _lines[_at].Indent <= above) return null;
        return _lines[_at].Text.StartsWith("- ", StringComparison.Ordinal) ? List(_lines[_at].Indent) : Map(_lines[_at].Indent);
    }

    private List<object?> List(int indent)
    {
        var list = new List<object?>();
        for (; _at < _lines.Count && _lines[_at].Indent == indent; _at++) list.Add(Inline(_lines[_at].Text["- ".Length..].Trim()));
        return list;
    }

    private Dictionary<string, object?> Map(int indent)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (_at < _lines.Count && _lines[_at].Indent == indent)
        {
            var entry = Entry().Match(_lines[_at].Text);
            if (!entry.Success) throw new FormatException($"Not understood: {_lines[_at].Text}");
            _at++;
            var (key, anchor, value) = (entry.Groups["key"].Value, entry.Groups["anchor"].Value, entry.Groups["value"].Value);
            var node = value.Length > 0 ? Inline(value) : Block(indent);
            if (anchor.Length > 0) _anchors.Add(anchor, node);
            if (key != "<<") map.Add(key, node);
            else foreach (var (inherited, merged) in (Dictionary<string, object?>)node!) map.TryAdd(inherited, merged);
        }

        return map;
    }

    private object? Inline(string text) => text[0] switch
    {
        '*' => _anchors[text[1..]],
        '[' => Items(text).Select(Inline).ToList(),
        '{' => Items(text).Select(item => Entry().Match(item)).ToDictionary(entry => entry.Groups["key"].Value, entry => Inline(entry.Groups["value"].Value), StringComparer.Ordinal),
        '"' => text[1..^1],
        '&' or '|' or '>' or '!' => throw new FormatException($"Not understood: {text}"),
        _ => text,
    };

    /// <summary>Between brackets; commas inside inner ones are theirs.</summary>
    private static IEnumerable<string> Items(string text)
    {
        var (depth, from) = (0, 1);
        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] is '[' or '{') depth++;
            if (text[i] is ']' or '}') depth--;
            if (text[i] != ',' || depth > 0) continue;
            yield return text[from..i].Trim();
            from = i + 1;
        }

        if (text[from..^1].Trim() is { Length: > 0 } last) yield return last;
    }

    [GeneratedRegex(@"(^|\s)#.*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(?<key>[^\s:]+):(\s+&(?<anchor>\S+))?(\s+(?<value>\S.*))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Entry();
}
