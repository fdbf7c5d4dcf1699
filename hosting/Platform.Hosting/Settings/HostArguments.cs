using Microsoft.Extensions.Configuration;

namespace Platform.Hosting.Settings;

/// <summary>The arguments that a process understands on its command line.</summary>
/// <param name="Commands">First words, such as <c>probe</c>; they have their own arguments.</param>
/// <param name="Flags">Options without a value, such as <c>--demo</c>.</param>
/// <param name="Settings">Of this process.</param>
public sealed record HostSyntax(IReadOnlyList<string> Commands, IReadOnlyList<string> Flags, KnownSettings Settings)
{
    /// <summary>Options with a value that are no settings, such as <c>--demo-site</c>: the command line is their only source.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>
/// The command line of a process: flags, and settings as <c>--Name=value</c> or <c>--Name value</c>. The configuration's own reader takes <c>--help --urls=…</c> for one option
/// with a value and ignores what nobody reads; here everything that is not understood is a fault.
/// </summary>
/// <remarks>Not System.CommandLine: it splits an option at its first <c>:</c>, and so reads <c>--Platform:Environment=test</c> as option <c>--Platform</c>.</remarks>
public sealed class HostArguments
{
    /// <summary>Arguments that the .NET host reads itself.</summary>
    private static readonly string[] HostSettings = ["--urls", "--environment"];

    /// <summary>Sections of .NET and OpenTelemetry, whose names are not ours to know.</summary>
    private static readonly string[] OpenSections = ["--Logging:", "--Kestrel:", "--OTEL_"];

    private readonly HostSyntax _syntax;
    private readonly List<string> _faults = [];
    private readonly List<string> _configuration = [];
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

    public HostArguments(IReadOnlyList<string> args, HostSyntax syntax)
    {
        _syntax = syntax;
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var before, var after] ? (before, after) : (args[i], null);
            if (_syntax.Flags.Contains(name, StringComparer.Ordinal))
            {
                if (value is not null) _faults.Add($"{name} takes no value.");
                _flags.Add(name);
            }
            else if (!TakesValue(name))
            {
                _faults.Add($"{name} is not {(name.StartsWith('-') ? "an option" : "a command")}. {NearestName.Hint(name, Names)} All: --help.");
            }
            else if (value is null && (i + 1 == args.Count || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                _faults.Add($"{name} needs a value: {name}=...");
            }
            else if (_syntax.Options.Contains(name, StringComparer.Ordinal))
            {
                if (!_options.TryAdd(name, value ?? args[++i])) _faults.Add($"{name} stands more than once.");
            }
            else
            {
                _configuration.Add($"{name}={value ?? args[++i]}");
            }
        }
    }

    /// <summary>For the configuration's reader: one argument each, with <c>=</c>.</summary>
    public IReadOnlyList<string> Configuration => _configuration;

    public bool Has(string flag) => _flags.Contains(flag);

    /// <summary>Value of one of <see cref="HostSyntax.Options"/>; null where it is not given.</summary>
    public string? ValueOf(string option) => _options.GetValueOrDefault(option);

    /// <summary>Everything that is not understood here, or in the settings wherever they come from; one line each, without values.</summary>
    public IEnumerable<string> Faults(IConfiguration configuration) => _faults.Concat(_syntax.Settings.Faults(configuration));

    private IEnumerable<string> Names => [.. _syntax.Commands, .. _syntax.Flags, .. _syntax.Options, "--help", "--version", .. HostSettings, .. _syntax.Settings.Names.Select(name => "--" + name)];

    /// <summary>Settings of ours are checked with those of all other sources.</summary>
    private bool TakesValue(string name) =>
        _syntax.Options.Contains(name, StringComparer.Ordinal)
        || HostSettings.Contains(name, StringComparer.OrdinalIgnoreCase)
        || OpenSections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase))
        || name.StartsWith($"--{PlatformOptions.Section}:", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("--ConnectionStrings:", StringComparison.OrdinalIgnoreCase);
}
