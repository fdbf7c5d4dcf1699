using System.Net;
using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Docs;

/// <summary>The examples on <c>/docs</c>, as a reader copies them.</summary>
internal static partial class DocsExamples
{
    private static readonly string[] Languages = ["curl", "TypeScript", "C#", "Python"];

    /// <summary>What the page shows before them.</summary>
    public static string Prelude(string page, string language) => Tabs(page[page.IndexOf("Before the examples", StringComparison.Ordinal)..])[Array.IndexOf(Languages, language)];

    /// <returns>By the anchor of the call.</returns>
    public static IReadOnlyDictionary<string, string> Of(string page, string language) => Section().Matches(page)
        .ToDictionary(section => section.Groups["id"].Value, section => Tabs(section.Groups["html"].Value)[Array.IndexOf(Languages, language)], StringComparer.Ordinal);

    private static string[] Tabs(string html)
    {
        var tabs = html[html.IndexOf("<label", StringComparison.Ordinal)..];
        return [.. Pre().Matches(tabs[..tabs.IndexOf("</div>", StringComparison.Ordinal)]).Select(pre => WebUtility.HtmlDecode(pre.Groups["text"].Value))];
    }

    [GeneratedRegex("<section id=\"(?<id>[^\"]+)\">(?<html>.*?)</section>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Section();

    [GeneratedRegex("<pre>(?<text>.*?)</pre>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Pre();
}
