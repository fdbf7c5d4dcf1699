using System.Collections;
using System.Diagnostics;
using System.Reflection;

namespace Platform.Testing.Processes;

/// <summary>How a built program of the platform is started: on which data, with which settings, under which command.</summary>
public sealed record PlatformStart(DataFolder Folder)
{
    private static readonly string[] Foreign = ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "Platform__", "ConnectionStrings__", "OTEL_", "Kestrel__", "Logging__"];

    private static readonly (string Key, string Value)[] Defaults =
    [
        // Any free port; the announcement says which.
        ("ASPNETCORE_URLS", "https://127.0.0.1:0"),
    ];

    /// <summary>Of programs with an API; a silo has no such settings and refuses them.</summary>
    private static readonly (string Key, string Value)[] ApiDefaults =
    [
        ("Platform__RateLimits__SignInPerMinute", "1000000"),
        ("Platform__RateLimits__RequestsPerMinute", "1000000"),
    ];

    /// <summary>Environment variables; a later one of the same name counts.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings { get; init; } = [];

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whose database it is on, where that is PostgreSQL: the processes of a cluster have one.</summary>
    public DataFolder DatabaseOf { get; init; } = Folder;

    /// <summary>A command that prepares something and then replaces itself by the platform, so that the process id stays.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>One of those whose places the build has written down: <c>PlatformServer</c>, <c>PlatformApi</c> or <c>PlatformSilo</c>.</summary>
    public string Program { get; init; } = "PlatformServer";

    /// <summary>The assembly of one of the programs.</summary>
    public static string PathOf(string program) =>
        typeof(PlatformStart).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == program).Value
        ?? throw new InvalidOperationException($"The build did not say where {program} is.");

    public async Task<ProcessStartInfo> ToStartInfoAsync()
    {
        string[] command = [.. Launcher, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", PathOf(Program), .. Arguments];
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (Foreign.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) info.Environment.Remove(name);
        }

        if (Program != "PlatformApi" && await TestDatabases.OpenAsync(DatabaseOf.Path) is { } database) info.Environment["ConnectionStrings__Platform"] = database;
        foreach (var (key, value) in Defaults.Concat(Program == "PlatformSilo" ? [] : ApiDefaults).Append(("Platform__DataDirectory", Folder.Path)).Concat(Settings)) info.Environment[key] = value;
        return info;
    }
}
