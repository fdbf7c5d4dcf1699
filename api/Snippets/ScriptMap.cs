using System.Security.Cryptography;
using Platform.Api.EmbeddedFiles;

namespace Platform.Api.Snippets;

/// <summary>
/// The source map of the built script (ECMA-426). It holds for the script of every snippet, since settings stand behind all that is mapped. A script that another version of the
/// platform published has none here.
/// </summary>
internal sealed class ScriptMap
{
    /// <summary>As in <c>snippet/src/settings.ts</c>.</summary>
    private static readonly byte[] Placeholder = "\"__PLATFORM_SNIPPET_SETTINGS__\""u8.ToArray();

    private readonly byte[] _built = EmbeddedFile.Read("snippet.js");
    private readonly Lazy<ScriptFile> _file;
    private readonly int _settings;

    public ScriptMap()
    {
        _settings = _built.AsSpan().IndexOf(Placeholder);
        var map = EmbeddedFile.Read("snippet.js.map");
        Hash = Convert.ToHexStringLower(SHA256.HashData(map));

        // Compressed for whoever asks first: few do.
        _file = new Lazy<ScriptFile>(() => new ScriptFile(Hash, map));
    }

    /// <summary>SHA-256 in lower-case hex.</summary>
    public string Hash { get; }

    public ScriptFile File => _file.Value;

    /// <summary>Whether a script is the built one with settings in it.</summary>
    public bool Fits(ReadOnlySpan<byte> script) => script.StartsWith(_built.AsSpan(0, _settings)) && script.EndsWith(_built.AsSpan(_settings + Placeholder.Length));
}
