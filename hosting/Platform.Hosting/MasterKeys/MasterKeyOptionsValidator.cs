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

        if (StandsIn<CommandLineConfigurationProvider>())
        {
            yield return $"{MasterKeyVariable.Setting} is not taken from the command line, which every account of this machine can read: set {MasterKeyVariable.Variable} in the environment. That key is no secret any more.";
        }
        else if (StandsIn<FileConfigurationProvider>())
        {
            yield return $"{MasterKeyVariable.Setting} is not taken from a file of settings, which is copied and kept with the program: set {MasterKeyVariable.Variable} in the environment, or name a file with the key ({MasterKeyFile.Setting}).";
        }
        else if (options.MasterKey is { Length: > 0 } text && !MasterKeyText.IsKey(text))
        {
            yield return $"{MasterKeyVariable.Variable} is not a key: {MasterKeyText.Form}.";
        }

        if (options.MasterKeyCommand is { Length: > 0 } command && CommandWords.TryParse(command) is null) yield return $"{MasterKeyCommand.Setting} is no program with arguments: it is empty, or a quote is not closed.";
    }

    private bool StandsIn<TProvider>() where TProvider : ConfigurationProvider =>
        configuration is IConfigurationRoot root && root.Providers.OfType<TProvider>().Any(provider => provider.TryGet(MasterKeyVariable.Setting, out var value) && !string.IsNullOrEmpty(value));
}
