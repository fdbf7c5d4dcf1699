using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Platform.Benchmarks.Load;

/// <summary>Sleeps until a moment without spinning, which would take a processor from the platform on the same machine; right to a tenth of a millisecond on an idle one.</summary>
internal static class Pace
{
    private static readonly long LongestSleep = Stopwatch.Frequency / 100;

    /// <param name="moment">By <see cref="Stopwatch"/>.</param>
    /// <param name="stop">Ends it early, within a hundredth of a second.</param>
    public static void WaitUntil(long moment, CancellationToken stop)
    {
        for (var left = moment - Stopwatch.GetTimestamp(); left > 0 && !stop.IsCancellationRequested; left = moment - Stopwatch.GetTimestamp())
        {
            var sleep = new TimeSpec { Nanoseconds = (nint)(Math.Min(left, LongestSleep) * (1e9 / Stopwatch.Frequency)) };
            if (OperatingSystem.IsWindows()) stop.WaitHandle.WaitOne(1);
            else _ = Sleep(ref sleep, IntPtr.Zero);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(ref TimeSpec time, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
