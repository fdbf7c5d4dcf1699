using Platform.Api.Requests;

namespace Platform.Api.Snippets;

/// <summary>Where scripts are, on the host that was asked.</summary>
internal readonly record struct ScriptAddress(string Script, string Loader, string Integrity)
{
    private const string Folder = "/s/";

    public static ScriptAddress Of(SnippetId snippet, string script, HttpRequest request)
    {
        var start = $"{OwnOrigin.Of(request)}{Folder}{snippet}";
        return new ScriptAddress($"{start}/{script}.js", $"{start}.js", IntegrityOf(script));
    }

    /// <summary>On the host of the script, whichever that is.</summary>
    public static string OfMap(string hash) => $"{Folder}maps/{hash}.js.map";

    /// <param name="script">SHA-256 in hex.</param>
    public static string IntegrityOf(string script) => "sha256-" + Convert.ToBase64String(Convert.FromHexString(script));
}
