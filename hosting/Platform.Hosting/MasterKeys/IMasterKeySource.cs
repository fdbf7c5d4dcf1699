using Platform.Security;

namespace Platform.Hosting.MasterKeys;

/// <summary>Where the master key of an installation is kept. Exactly one counts.</summary>
internal interface IMasterKeySource
{
    /// <summary>Behind the words "the master key", for messages.</summary>
    string Place { get; }

    /// <exception cref="StartupException">It is none, or cannot be had. The message holds nothing of it.</exception>
    MasterKey Open();
}

internal static class MasterKeySources
{
    public static IMasterKeySource Of(PlatformOptions options) => options switch
    {
        { MasterKey.Length: > 0 } => new MasterKeyVariable(options.MasterKey),
        { MasterKeyCommand.Length: > 0 } => new MasterKeyCommand(options.MasterKeyCommand),
        _ => new MasterKeyFile(options),
    };

    /// <summary>For what works without the key as well: null where none is configured and none lies where it would.</summary>
    /// <exception cref="StartupException">One is configured, and cannot be had.</exception>
    public static MasterKey? Find(PlatformOptions options) => IsConfigured(options) || File.Exists(options.MasterKeyPath) ? Of(options).Open() : null;

    public static bool IsConfigured(PlatformOptions options) => NamesOf(options).Any();

    /// <summary>The settings that name one.</summary>
    public static IEnumerable<string> NamesOf(PlatformOptions options)
    {
        if (options.MasterKeyFile is { Length: > 0 }) yield return MasterKeyFile.Setting;
        if (options.MasterKey is { Length: > 0 }) yield return MasterKeyVariable.Setting;
        if (options.MasterKeyCommand is { Length: > 0 }) yield return MasterKeyCommand.Setting;
    }
}
