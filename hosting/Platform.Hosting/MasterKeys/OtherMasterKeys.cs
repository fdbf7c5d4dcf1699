using System.Security.Cryptography;
using System.Text;
using Platform.Security;

namespace Platform.Hosting.MasterKeys;

/// <summary>
/// Where a second master key is kept while the first is rotated: beside the file of the first, by its name, or where one of the settings <c>Platform:NextMasterKey…</c> says. It may be the
/// next key as well as the former one, whichever the first is not.
/// </summary>
internal sealed class OtherMasterKeys(PlatformOptions options)
{
    public const string Variable = $"{PlatformOptions.Section}__{nameof(PlatformOptions.NextMasterKey)}";
    public const string KeySetting = $"{PlatformOptions.Section}:{nameof(PlatformOptions.NextMasterKey)}";
    public const string FileSetting = $"{PlatformOptions.Section}:{nameof(PlatformOptions.NextMasterKeyFile)}";
    public const string CommandSetting = $"{PlatformOptions.Section}:{nameof(PlatformOptions.NextMasterKeyCommand)}";

    /// <summary>A vault is not asked at every look.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);

    private const string Begin = "master-";
    private const string Retired = "retired-";
    private const string End = ".key";

    private long? _askedAt;

    /// <summary>Whether the first key lies in the data directory, where the platform makes, renames and finds keys by itself.</summary>
    public bool AreOurs => !MasterKeySources.IsConfigured(options);

    /// <summary>The settings that name one.</summary>
    public static IEnumerable<string> NamesOf(PlatformOptions options)
    {
        if (options.NextMasterKeyFile is { Length: > 0 }) yield return FileSetting;
        if (options.NextMasterKey is { Length: > 0 }) yield return KeySetting;
        if (options.NextMasterKeyCommand is { Length: > 0 }) yield return CommandSetting;
    }

    /// <summary>For messages: where a process looks for the key of this name.</summary>
    public string PlaceOf(string id) => MasterKeySources.Of(options) is MasterKeyFile
        ? $"{PathOf(id)} ({FileSetting} names another place)"
        : $"{Variable}, {FileSetting} or {CommandSetting}";

    /// <summary>Null: there is none here, or what is here is another one or cannot be read; it is looked for again.</summary>
    /// <param name="fingerprint">Of the key that is wanted.</param>
    public MasterKeyVersion? Find(ReadOnlySpan<byte> fingerprint)
    {
        if (Find(MasterKey.IdOf(fingerprint)) is not { } found) return null;
        if (found.Fingerprint.AsSpan().SequenceEqual(fingerprint)) return found;
        found.Dispose();
        return null;
    }

    /// <inheritdoc cref="Find(ReadOnlySpan{byte})"/>
    public MasterKeyVersion? Find(string id)
    {
        // It becomes a part of paths.
        if (id.Length != 16 || !id.All(char.IsAsciiHexDigitLower)) return null;
        foreach (var open in Places(id))
        {
            try
            {
                if (open() is not { } found) continue;
                if (found.Id == id) return found;
                found.Dispose();
            }
            catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or StartupException)
            {
                // It may be put right while the process runs.
            }
        }

        return null;
    }

    /// <summary>The one that the settings name; null: they name none.</summary>
    /// <exception cref="StartupException">It cannot be had.</exception>
    public MasterKeyVersion? OpenConfigured() => options switch
    {
        { NextMasterKey: { Length: > 0 } text } => MasterKeyText.TryRead(Encoding.UTF8.GetBytes(text))?.Current ?? throw new StartupException($"{Variable} is not a key: {MasterKeyText.Form}."),
        { NextMasterKeyCommand: { Length: > 0 } command } => new MasterKeyCommand(command).Open().Current,
        { NextMasterKeyFile: { Length: > 0 } path } => OpenFile(path),
        _ => null,
    };

    /// <summary>Makes a key beside the first one; or takes the one that a run which was killed has made.</summary>
    /// <param name="current">Not that one.</param>
    /// <exception cref="StartupException">The folder cannot be written.</exception>
    public MasterKeyVersion MakeBeside(MasterKeyVersion current)
    {
        try
        {
            foreach (var path in Directory.GetFiles(Folder, Begin + "*" + End))
            {
                var left = MasterKey.Open(path).Current;
                if (left.Id != current.Id && path == PathOf(left.Id)) return left;
            }

            var key = RandomNumberGenerator.GetBytes(MasterKeyVersion.Size);
            var version = new MasterKeyVersion(key);
            MasterKey.Write(PathOf(version.Id), key);
            return version;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The new master key cannot be written to {Folder}: {unusable.Message}", unusable);
        }
    }

    /// <summary>Once the former key is retired: it gets a name of its own, and the current one the name under which a start looks. Whatever was done of that before, it ends alike.</summary>
    /// <param name="current">Fingerprint.</param>
    /// <param name="former">Fingerprint.</param>
    /// <param name="on">The day of its retirement.</param>
    public void TidyUp(ReadOnlySpan<byte> current, ReadOnlySpan<byte> former, DateTimeOffset on)
    {
        if (!AreOurs) return;
        var (fresh, first) = (PathOf(MasterKey.IdOf(current)), options.MasterKeyPath);
        if (!File.Exists(fresh)) return;
        try
        {
            if (File.Exists(first))
            {
                var retired = Path.Combine(Folder, FormattableString.Invariant($"{Retired}{on.UtcDateTime:yyyy-MM-dd}-{MasterKey.IdOf(former)}{End}"));
                if (!File.Exists(retired)) Keep(first, former, retired);
                if (!Is(retired, former)) return;
            }

            // In one go: there is no moment without a key in the first place.
            DurableFolder.MoveFile(fresh, first, overwrite: true);
        }
        catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
        {
            // Two processes at once, or a folder that cannot be written: both names are found.
        }
    }

    private string Folder => Path.GetDirectoryName(options.MasterKeyPath)!;

    private string PathOf(string id) => Path.Combine(Folder, Begin + id + End);

    private IEnumerable<Func<MasterKeyVersion?>> Places(string id)
    {
        if (MasterKeySources.Of(options) is MasterKeyFile && Directory.Exists(Folder))
        {
            if (File.Exists(PathOf(id))) yield return () => MasterKey.Open(PathOf(id)).Current;

            // It has another name once it is the only one, perhaps since the first was read.
            if (File.Exists(options.MasterKeyPath)) yield return () => MasterKey.Open(options.MasterKeyPath).Current;
            foreach (var retired in Directory.GetFiles(Folder, $"{Retired}*-{id}{End}")) yield return () => MasterKey.Open(retired).Current;
        }

        if (options.NextMasterKeyCommand is { Length: > 0 })
        {
            if (_askedAt is { } asked && TimeProvider.System.GetElapsedTime(asked) < AskEvery) yield break;
            _askedAt = TimeProvider.System.GetTimestamp();
        }

        yield return OpenConfigured;
    }

    private static MasterKeyVersion OpenFile(string path)
    {
        try
        {
            return MasterKey.Open(path).Current;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{FileSetting}: {path} cannot be used: {unusable.Message}", unusable);
        }
    }

    /// <summary>A second process may have put the new key there meanwhile: what is kept is what was looked at.</summary>
    private static void Keep(string path, ReadOnlySpan<byte> fingerprint, string at)
    {
        var key = File.ReadAllBytes(path);
        using (var version = new MasterKey(key))
        {
            if (version.Fingerprint().AsSpan().SequenceEqual(fingerprint)) MasterKey.Write(at, key);
        }

        CryptographicOperations.ZeroMemory(key);
    }

    private static bool Is(string path, ReadOnlySpan<byte> fingerprint)
    {
        using var key = MasterKey.Open(path);
        return key.Fingerprint().AsSpan().SequenceEqual(fingerprint);
    }
}
