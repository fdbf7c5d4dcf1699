using System.Runtime.InteropServices;

namespace Platform.Security;

/// <summary>Lets validations go first: a hash takes a processor for a tenth of a second, a validation needs one for some microseconds, at once.</summary>
internal static class HashingPriority
{
    private const int Process = 0;
    private const int CallingThread = 0;
    private const int Nice = 10;

    /// <summary>Best effort: without it the threads are still apart, only not behind the others.</summary>
    /// <remarks>The runtime's own thread priority does nothing on Linux, where each thread has a nice value of its own.</remarks>
    public static void LowerThisThread()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        if (OperatingSystem.IsLinux()) _ = SetPriority(Process, CallingThread, Nice);
    }

    [DllImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int value);
}
