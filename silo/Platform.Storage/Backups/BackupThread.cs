using System.Runtime.InteropServices;
using Nito.AsyncEx;

namespace Platform.Storage.Backups;

/// <summary>
/// The thread of one backup. SQLite, compression and encryption hold their thread for seconds: on the thread pool of a machine with two processors they kept validations waiting for up to 1.8 s
/// (measured, <c>benchmarks/results/backups.md</c>).
/// </summary>
internal static class BackupThread
{
    private const int Process = 0;
    private const int CallingThread = 0;

    /// <summary>A tenth of a processor when others want all of it: a backup comes late on a busy machine, but it comes.</summary>
    private const int Nice = 10;

    /// <summary>Runs work to its end, with all of its continuations, on a thread of its own behind the others.</summary>
    /// <param name="work">Its failure is that of the task.</param>
    public static Task RunAsync(Func<Task> work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            LowerPriority();
            try
            {
                AsyncContext.Run(work);
                ended.SetResult();
            }
            catch (OperationCanceledException stopped)
            {
                ended.SetCanceled(stopped.CancellationToken);
            }
            catch (Exception failure)
            {
                ended.SetException(failure);
            }
        })
        { IsBackground = true, Name = "backup" }.Start();
        return ended.Task;
    }

    /// <summary>Best effort. The runtime's own thread priority does nothing on Linux.</summary>
    private static void LowerPriority()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        if (OperatingSystem.IsLinux()) _ = SetPriority(Process, CallingThread, Nice);
    }

    [DllImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int value);
}
