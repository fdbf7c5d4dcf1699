using System.Diagnostics;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Backups;

/// <summary>The commands of backup and restore as an operator runs them, beside a platform or without one.</summary>
public abstract class BackupProcessTest(ITestOutputHelper output) : ProcessTest(output), IAsyncLifetime
{
    private readonly DirectoryInfo _backups = Directory.CreateTempSubdirectory("platform-backups-");

    /// <summary>Where backups go.</summary>
    private protected string Target => _backups.FullName;

    /// <summary>Those of the tests' own server, which fit its version.</summary>
    private protected static (string Key, string Value)[] Tools =>
        Environment.GetEnvironmentVariable("PLATFORM_TEST_POSTGRES_TOOLS") is { Length: > 0 } folder ? [("Platform__Backups__PostgresTools", folder)] : [];

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        _backups.Delete(recursive: true);
    }

    private protected IReadOnlyList<string> Backups() => [.. Directory.GetDirectories(Target).Where(folder => !folder.EndsWith(".partial", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <returns>The folder of the backup.</returns>
    private protected async Task<string> BackUpAsync(DataFolder folder)
    {
        var run = await RunAsync(folder, "backup", "--to", Target);
        run.ExitCode.ShouldBe(0, run.ToString());
        return Backups()[^1];
    }

    private protected Task<BashResult> RestoreAsync(string backup, DataFolder into) => RunAsync(into, "restore", "--from", backup);

    private protected async Task<BashResult> RunAsync(DataFolder folder, params string[] arguments)
    {
        var run = await PlatformProcess.RunToEndAsync(StartOf(folder, arguments));
        Output.WriteLine($"{string.Join(' ', arguments)}: {run}");
        return run;
    }

    /// <summary>Kills the command after a while, or lets it end where it is quicker.</summary>
    private protected Task KillAsync(DataFolder folder, TimeSpan after, params string[] arguments) => KillAsync(folder, after, [], arguments);

    /// <inheritdoc cref="KillAsync(DataFolder, TimeSpan, string[])"/>
    private protected async Task KillAsync(DataFolder folder, TimeSpan after, (string Key, string Value)[] settings, params string[] arguments)
    {
        using var process = new System.Diagnostics.Process { StartInfo = await (StartOf(folder, arguments) with { Settings = [.. Tools, .. settings] }).ToStartInfoAsync() };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(after, Time));
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>The one thing that is carried by hand.</summary>
    private protected static void CopyMasterKey(DataFolder from, DataFolder to)
    {
        Directory.CreateDirectory(Path.Combine(to.Path, "keys"));
        File.Copy(Path.Combine(from.Path, "keys", "master.key"), Path.Combine(to.Path, "keys", "master.key"));
    }

    /// <summary>As a snapshot of a disk whose platform stands still.</summary>
    private protected static async Task CopyAsync(DataFolder from, DataFolder to)
    {
        (await Bash.RunAsync("cp -r -- \"$1\" \"$2\"", from.Path, to.Path)).ExitCode.ShouldBe(0);
        await TestDatabases.CopyAsync(from.Path, to.Path);
    }

    private static PlatformStart StartOf(DataFolder folder, string[] arguments) => new(folder) { Arguments = arguments, Settings = Tools };
}
