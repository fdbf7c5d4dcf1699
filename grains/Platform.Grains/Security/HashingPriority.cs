using System.Runtime.InteropServices;

namespace Platform.Security;

/// <summary>Lets validations go first: a hash takes a processor for some hundredths of a second, a validation needs one for some microseconds, at once.</summary>
internal static class HashingPriority
{
    private const int CallingThread = 0;

    /// <summary>Runs when nothing else of the same container wants the processor, and leaves it at once when something does.</summary>
    private const int Idle = 5;

    /// <summary>Best effort: without it the threads are still apart, only not behind the others.</summary>
    /// <remarks>
    /// The runtime's own thread priority does nothing on Linux. A nice value is not enough there: who wakes up beside a nice thread may still wait for the
    /// next tick of the scheduler, some milliseconds (measured, see <c>benchmarks/results</c>).
    /// </remarks>
    public static void LowerThisThread()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        var none = 0;
        if (OperatingSystem.IsLinux()) _ = SetScheduler(CallingThread, Idle, ref none);
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetScheduler(int thread, int policy, ref int parameter);
}
