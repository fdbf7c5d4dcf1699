using System.Globalization;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;
using Platform.Hosting;
using Platform.Silo.Hosting;

namespace Platform.Benchmarks.Measuring;

/// <summary>What a result means nothing without: processor, memory, load at the start, .NET, grain runtime, commit, day.</summary>
internal static class Machine
{
    /// <summary>Processors that others keep busy, by the kernel's average over one minute; null where it does not tell.</summary>
    public static double? Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;

    /// <param name="report">Gets the lines.</param>
    /// <param name="grains">What the grains run on, and what it was built from.</param>
    public static void Describe(Report report, string grains)
    {
        report.Line(string.Join('\n',
        [
            $"- Machine: {Processor()}, {Environment.ProcessorCount} processors, {Units.Size(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} memory, {RuntimeInformation.OSDescription}",
            $"- .NET: {RuntimeInformation.FrameworkDescription}, {(GCSettings.IsServerGC ? "server" : "workstation")} garbage collector",
            $"- Grain runtime: {grains}",
            $"- Day: {TimeProvider.System.GetUtcNow():yyyy-MM-dd}; load average of the machine at the start: {Load()?.ToString("0.00", CultureInfo.InvariantCulture) ?? "unknown"}",
        ]));
    }

    /// <summary>Of grains in this process.</summary>
    public static string OwnGrains() => $"{new RuntimeInfo().Runtime}\n- Platform: {Commit()}";

    private static string Commit()
    {
        var version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return version.Split('+') is [var number, var commit] ? $"{number}, commit {commit[..Math.Min(12, commit.Length)]}" : version;
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
