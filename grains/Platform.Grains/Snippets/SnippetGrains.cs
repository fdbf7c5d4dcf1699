namespace Platform.Snippets;

/// <summary>Keys of grain interfaces of snippets that only this domain calls.</summary>
internal static class SnippetGrains
{
    public static ISnippetProofGrain SnippetProof(this IGrainFactory grains, SnippetId id) => grains.GetGrain<ISnippetProofGrain>(id.ToString());

    /// <param name="grains">The factory.</param>
    /// <param name="snippet">Whose script it is.</param>
    /// <param name="script">SHA-256 in lower-case hex.</param>
    public static ISnippetScriptGrain SnippetScript(this IGrainFactory grains, SnippetId snippet, string script) =>
        grains.GetGrain<ISnippetScriptGrain>($"sns_{snippet}/{script}");
}
