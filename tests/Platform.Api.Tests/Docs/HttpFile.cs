using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Docs;

/// <summary>A request of a <c>.http</c> file. Texts still hold their <c>{{variables}}</c>.</summary>
/// <param name="Title">What it does, without the status.</param>
/// <param name="Expected">Status that the title promises.</param>
/// <param name="Name">By which later requests refer to its answer.</param>
internal sealed record HttpFileRequest(string Title, int Expected, string? Name, string Method, string Url, IReadOnlyList<(string Name, string Value)> Headers, string? Body);

/// <summary>As much of the format as Visual Studio and VS Code's REST Client have in common.</summary>
internal sealed partial class HttpFile
{
    private HttpFile(Dictionary<string, string> variables, HttpFileRequest[] requests) => (Variables, Requests) = (variables, requests);

    /// <summary>A caller may set them.</summary>
    public Dictionary<string, string> Variables { get; }

    public IReadOnlyList<HttpFileRequest> Requests { get; }

    public static HttpFile Parse(string text)
    {
        var parts = Separator().Split(text);
        var variables = Definition().Matches(parts[0]).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
        return new HttpFile(variables, [.. parts.Skip(1).Select(ParseRequest)]);
    }

    /// <summary>Puts in variables, and members of answers that came before.</summary>
    public string Fill(string text, IReadOnlyDictionary<string, JsonElement> answers) => Reference().Replace(text, match =>
    {
        var reference = match.Groups["reference"].Value;
        if (Variables.TryGetValue(reference, out var value)) return value;
        var path = OfAnswer().Match(reference);
        path.Success.ShouldBeTrue(reference);
        return path.Groups["step"].Captures
            .Aggregate(answers[path.Groups["name"].Value], (json, step) => step.Value[0] == '[' ? json[int.Parse(step.Value[1..^1], null)] : json.GetProperty(step.Value[1..]))
            .GetString()!;
    });

    private static HttpFileRequest ParseRequest(string part)
    {
        var lines = new Queue<string>(part.TrimEnd().Split('\n'));
        var title = Title().Match(lines.Dequeue());
        title.Success.ShouldBeTrue($"'{part}' has a title with a status");
        string? name = null;
        while (lines.Peek().StartsWith('#')) name = lines.Dequeue()["# @name ".Length..];
        var (method, url) = lines.Dequeue().Split(' ') is [var verb, var address] ? (verb, address) : throw new FormatException(part);
        var headers = new List<(string, string)>();
        while (lines.TryDequeue(out var line) && line.Length > 0)
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            headers.Add((line[..colon], line[(colon + 2)..]));
        }

        return new HttpFileRequest(title.Groups["title"].Value, int.Parse(title.Groups["status"].Value, null), name, method, url, headers, lines.Count > 0 ? string.Join('\n', lines) : null);
    }

    [GeneratedRegex("^### ", RegexOptions.Multiline, 1000)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^@(?<name>\w+) = (?<value>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Definition();

    [GeneratedRegex(@"^(?<title>.+) \((?<status>\d{3})\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title();

    [GeneratedRegex(@"\{\{(?<reference>[^}]+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"^(?<name>\w+)\.response\.body\.\$(?<step>\.\w+|\[\d+\])+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfAnswer();
}
