using Nito.AsyncEx;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>
/// The thread of one backup. SQLite, compression and encryption hold their thread for seconds: on the thread pool of a machine with two processors they kept validations waiting for up to 1.8 s
/// (measured, decision 124).
/// </summary>
internal static class BackupThread
{
    /// <summary>Runs work to its end, with all of its continuations, on a thread of its own behind the others.</summary>
    /// <param name="work">Its failure is that of the task.</param>
    public static Task RunAsync(Func<Task> work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            // On a busy machine a backup comes late, but it comes.
            LowPriority.MakeThisThreadNice();
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
}
