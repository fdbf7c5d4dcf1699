using System.Net;
using System.Text;
using Platform.Api.EmbeddedFiles;

namespace Platform.Server.Demo;

/// <summary>A file of the example site. Pages have places for what is known when they are served.</summary>
internal sealed record DemoFile(string ContentType, byte[] Content, bool IsPage)
{
    public string Text => Encoding.UTF8.GetString(Content);

    public string ETag { get; } = EmbeddedFile.TagOf(Content).ToString();
}

internal static class DemoFiles
{
    private static readonly Dictionary<string, DemoFile> ByPath = new(StringComparer.Ordinal)
    {
        ["/"] = Read("index.html", "text/html", isPage: true),
        ["/minimal.html"] = Read("minimal.html", "text/html", isPage: true),
        ["/minimal.js"] = Read("minimal.js", "text/javascript"),
        ["/site.css"] = Read("site.css", "text/css"),
        ["/site.js"] = Read("site.js", "text/javascript"),
        ["/icon.svg"] = Read("icon.svg", "image/svg+xml"),
    };

    public static DemoFile? Find(string? path) => path is null ? null : ByPath.GetValueOrDefault(path);

    /// <summary>Puts the values, as text of HTML, into the places <c>{{name}}</c>.</summary>
    public static string Fill(string page, params (string Name, string Value)[] values) =>
        values.Aggregate(page, (text, value) => text.Replace("{{" + value.Name + "}}", WebUtility.HtmlEncode(value.Value), StringComparison.Ordinal));

    private static DemoFile Read(string name, string type, bool isPage = false) => new(type + "; charset=utf-8", EmbeddedFile.Read(typeof(DemoFiles).Assembly, "demo/" + name), isPage);
}
