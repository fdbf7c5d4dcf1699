using Platform.Security;

namespace Platform.Hosting.MasterKeys;

/// <summary>A file of 32 bytes. The one in the data directory is made where there is none and the database is empty; one that is named has to be there.</summary>
internal sealed class MasterKeyFile(PlatformOptions options) : IMasterKeySource
{
    public const string Setting = $"{PlatformOptions.Section}:{nameof(PlatformOptions.MasterKeyFile)}";

    public string Place => options.MasterKeyPath;

    public MasterKey Open()
    {
        var isNamed = options.MasterKeyFile is { Length: > 0 };
        try
        {
            return isNamed ? MasterKey.Open(options.MasterKeyPath) : MasterKey.OpenOrNew(options.MasterKeyPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (isNamed) throw new StartupException($"{Setting}: {options.MasterKeyPath} cannot be used: {e.Message} Put the master key of this platform there; its name is in the log of earlier starts (MasterKeyOpened).", e);
            throw new StartupException($"The data directory {Path.GetFullPath(options.DataDirectory)} cannot be used: {e.Message}", e);
        }
    }
}
