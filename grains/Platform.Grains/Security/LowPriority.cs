using System.Runtime.InteropServices;

namespace Platform.Security;

/// <summary>
/// Lets validations go first: they need a processor for some microseconds, at once; a hash takes one for hundredths of a second, a backup for seconds. Best effort: without it such threads are
/// still apart, only not behind the others.
/// </summary>
/// <remarks>The runtime's own thread priority does nothing on Linux.</remarks>
internal static class LowPriority
{
    private const int CallingThread = 0;

    /// <summary>Runs when nothing else of the same container wants the processor, and leaves it at once when something does.</summary>
    private const int Idle = 5;

    /// <summary>PRIO_PROCESS, which is the calling thread alone on Linux.</summary>
    private const int ProcessOrThread = 0;

    /// <summary>A tenth of a processor when others want all of it.</summary>
    private const int Nice = 10;

    /// <summary>For work that may stand still while the machine is full.</summary>
    /// <remarks>
    /// A nice value is not enough there: who wakes up beside a nice thread may still wait for the next tick of the scheduler, some milliseconds (measured, see <c>benchmarks/results</c>).
    /// </remarks>
    public static void MakeThisThreadIdle()
    {
        LowerInRuntime();
        var none = 0;
        if (OperatingSystem.IsLinux()) _ = SetScheduler(CallingThread, Idle, ref none);
    }

    /// <summary>For work that has to get on, slowly, while the machine is full.</summary>
    public static void MakeThisThreadNice()
    {
        LowerInRuntime();
        if (OperatingSystem.IsLinux()) _ = SetPriority(ProcessOrThread, CallingThread, Nice);
    }

    private static void LowerInRuntime() => Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;

    [DllImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetScheduler(int thread, int policy, ref int parameter);

    [DllImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int value);
}
