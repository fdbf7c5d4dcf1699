using System.Text;
using Platform.Security;

namespace Platform.Hosting.MasterKeys;

/// <summary>The key in base64, in the environment of the process.</summary>
internal sealed class MasterKeyVariable(string text) : IMasterKeySource
{
    public const string Setting = $"{PlatformOptions.Section}:{nameof(PlatformOptions.MasterKey)}";

    /// <summary>As it is set.</summary>
    public const string Variable = $"{PlatformOptions.Section}__{nameof(PlatformOptions.MasterKey)}";

    public string Place => $"in the environment variable {Variable}";

    public MasterKey Open() => MasterKeyText.TryRead(Encoding.UTF8.GetBytes(text)) ?? throw new StartupException($"{Variable} is not a key: {MasterKeyText.Form}.");
}
