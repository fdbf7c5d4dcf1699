using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Docs;

/// <summary>A call that a page or file names, with where it stands.</summary>
internal sealed record NamedCall(string Where, string Method, string Path)
{
    /// <summary>A value of the page stands for a place of the operation.</summary>
    public bool Is(ApiOperation operation) =>
        operation.Method == Method && Regex.IsMatch(Path, "^" + Regex.Replace(Regex.Escape(operation.Path).Replace(@"\{", "{", StringComparison.Ordinal), @"\{\w+}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(1)) + "$", RegexOptions.None, TimeSpan.FromSeconds(1));
}

/// <summary>The calls of README's tour, of the requests for IDEs, and of the pages in <c>docs/</c>.</summary>
internal static partial class TourCalls
{
    private const string Address = "https://localhost:8443";

    public static IEnumerable<NamedCall> OfReadme() =>
        from line in File.ReadAllLines(Path.Combine(Repository.Root, "README.md"))
        where Command().IsMatch(line)
        from url in Url().Matches(line)
        let method = Method().Match(line) is { Success: true } given ? given.Groups["method"].Value : line.Contains(" -d ", StringComparison.Ordinal) ? "POST" : "GET"
        select new NamedCall("README.md", method, WithoutQuery(url.Groups["path"].Value));

    public static IEnumerable<NamedCall> OfHttpFiles() =>
        from file in Directory.GetFiles(Path.Combine(Repository.Root, "api", "http"))
        from request in HttpFile.Parse(File.ReadAllText(file)).Requests
        select new NamedCall(Path.GetFileName(file), request.Method, WithoutQuery(request.Url["{{platform}}".Length..]));

    /// <summary>Those that are written out: <c>GET /v1/me</c> between backticks, places in braces.</summary>
    public static IEnumerable<NamedCall> OfPages() =>
        from file in Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Repository.Root, "README.md"))
        from call in Written().Matches(File.ReadAllText(file))
        select new NamedCall(Path.GetFileName(file), call.Groups["method"].Value, WithoutQuery(call.Groups["path"].Value));

    private static string WithoutQuery(string path) => path.Split('?')[0];

    [GeneratedRegex(@"^ +(\w+=\$\()?(c|curl) ", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Command();

    [GeneratedRegex(Address + @"(?<path>/[^\s'"")]*)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Url();

    [GeneratedRegex(@"-X (?<method>[A-Z]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Method();

    [GeneratedRegex(@"`(?<method>GET|POST|PUT|PATCH|DELETE) (?<path>/v1/[^\s`…]*)`", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Written();
}
