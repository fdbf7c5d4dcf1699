using System.Diagnostics;
using Platform.Benchmarks.Load;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Backups;

/// <summary>A command of the platform in a process of its own, as an operator runs it.</summary>
internal static class PlatformProgram
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <returns>How long it ran, and what it had resident at most, as far as a look twenty times a second sees.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<(TimeSpan Elapsed, long Resident)> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Platform.Server.dll"), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        try
        {
            var seen = new ListeningProcess(process.Id);
            var told = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var ended = process.WaitForExitAsync(cancellationToken);
            var resident = 0L;
            while (await Task.WhenAny(ended, Task.Delay(LookEvery, TimeProvider.System, cancellationToken)) != ended) resident = Math.Max(resident, seen.Resident() ?? 0);
            await ended;
            var elapsed = Stopwatch.GetElapsedTime(started);
            return process.ExitCode == 0 ? (elapsed, resident) : throw new InvalidOperationException($"It ended with {process.ExitCode}: {await told}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
