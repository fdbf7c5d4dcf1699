using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Options;

namespace Platform.Hosting.MasterKeys;

/// <summary>One source of the master key, from where others do not read it.</summary>
/// <param name="configuration">To see where the key itself stands.</param>
/// <param name="isNeeded">False for what works without a key.</param>
internal sealed class MasterKeyOptionsValidator(IConfiguration configuration, bool isNeeded) : IValidateOptions<PlatformOptions>
{
    public ValidateOptionsResult Validate(string? name, PlatformOptions options)
    {
        var faults = Faults(options).ToArray();
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> Faults(PlatformOptions options)
    {
        var sources = MasterKeySources.NamesOf(options).ToArray();
        if (sources.Length > 1) yield return $"{string.Join(" and ", sources)} are set: the master key comes from one of them. Remove the others.";
        if (sources.Length == 0 && isNeeded && options.Topology != Topology.Embedded)
        {
            yield return $"{MasterKeyFile.Setting} is missing: the processes of a cluster share one master key. Make it once, 32 random bytes, and give each of them the same file, "
                + $"or name another source of it ({MasterKeyVariable.Variable}, {MasterKeyCommand.Setting}).";
        }

        var second = OtherMasterKeys.NamesOf(options).ToArray();
        if (second.Length > 1) yield return $"{string.Join(" and ", second)} are set: the second master key comes from one of them. Remove the others.";
        if (IsSameKey(options)) yield return $"{OtherMasterKeys.KeySetting} is the same key as {MasterKeyVariable.Setting}: the rotation is over, or the new key was not made. Remove {OtherMasterKeys.Variable}, or set it to the other key.";
        foreach (var fault in KeyFaults(MasterKeyVariable.Setting, MasterKeyVariable.Variable, MasterKeyFile.Setting, options.MasterKey)
            .Concat(KeyFaults(OtherMasterKeys.KeySetting, OtherMasterKeys.Variable, OtherMasterKeys.FileSetting, options.NextMasterKey))) yield return fault;
        foreach (var (setting, command) in new[] { (MasterKeyCommand.Setting, options.MasterKeyCommand), (OtherMasterKeys.CommandSetting, options.NextMasterKeyCommand) })
        {
            if (command is { Length: > 0 } && CommandWords.TryParse(command) is null) yield return $"{setting} is no program with arguments: it is empty, or a quote is not closed.";
        }
    }

    private IEnumerable<string> KeyFaults(string setting, string variable, string file, string? text)
    {
        if (StandsIn<CommandLineConfigurationProvider>(setting))
        {
            yield return $"{setting} is not taken from the command line, which every account of this machine can read: set {variable} in the environment. That key is no secret any more.";
        }
        else if (StandsIn<FileConfigurationProvider>(setting))
        {
            yield return $"{setting} is not taken from a file of settings, which is copied and kept with the program: set {variable} in the environment, or name a file with the key ({file}).";
        }
        else if (text is { Length: > 0 } && !MasterKeyText.IsKey(text))
        {
            yield return $"{variable} is not a key: {MasterKeyText.Form}.";
        }
    }

    private static bool IsSameKey(PlatformOptions options) => options is { MasterKey.Length: > 0, NextMasterKey.Length: > 0 } && options.MasterKey.Trim() == options.NextMasterKey.Trim();

    private bool StandsIn<TProvider>(string setting) where TProvider : ConfigurationProvider =>
        configuration is IConfigurationRoot root && root.Providers.OfType<TProvider>().Any(provider => provider.TryGet(setting, out var value) && !string.IsNullOrEmpty(value));
}
