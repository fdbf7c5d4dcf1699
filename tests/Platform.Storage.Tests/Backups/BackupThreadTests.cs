using System.Collections.Concurrent;
using Platform.Storage.Backups;

namespace Platform.Storage.Tests.Backups;

/// <summary>A backup by the clock leaves the thread pool to those who validate.</summary>
public sealed class BackupThreadTests
{
    [Fact]
    public async Task Run_OfABackupAndItsVerification_EncryptsHashesAndLoadsOnOneThreadThatIsNoneOfThePool()
    {
        using var sample = await SampleBackup.MakeAsync();
        var seen = new SeenThreads();
        await BackupThread.RunAsync(async () =>
        {
            var progress = new BackupProgress(TextWriter.Null, seen);
            await sample.RunOf("data", progress: progress).MakeAsync(sample.PathOf("by-the-clock"), new BackupPace(1 << 30, TimeProvider.System), default);
            await sample.VerifyAsync(progress);
        });
        seen.Threads.ShouldHaveSingleItem().IsOfPool.ShouldBeFalse();
        seen.Looks.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Run_OfWorkThatWaits_GoesOnOnItsOwnThread()
    {
        var threads = new List<SeenThread>();
        await BackupThread.RunAsync(async () =>
        {
            threads.Add(SeenThread.Current);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            threads.Add(SeenThread.Current);
            await Task.Yield();
            threads.Add(SeenThread.Current);
        });
        threads.Distinct().ShouldHaveSingleItem().IsOfPool.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_OfWorkThatFails_FailsWithIt()
    {
        var failure = new BackupException("no room");
        (await Should.ThrowAsync<BackupException>(() => BackupThread.RunAsync(() => throw failure))).ShouldBe(failure);
        (await Should.ThrowAsync<BackupException>(() => BackupThread.RunAsync(async () =>
        {
            await Task.Yield();
            throw failure;
        }))).ShouldBe(failure);
    }

    [Fact]
    public async Task Run_OfWorkThatIsStopped_IsCancelled()
    {
        using var stop = new CancellationTokenSource();
        var work = BackupThread.RunAsync(() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => work);
        work.IsCanceled.ShouldBeTrue();
    }

    private readonly record struct SeenThread(int Id, bool IsOfPool)
    {
        public static SeenThread Current => new(Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread);
    }

    /// <summary>Asked for the time by the progress wherever bytes are read, written, encrypted or hashed.</summary>
    private sealed class SeenThreads : TimeProvider
    {
        private readonly ConcurrentDictionary<SeenThread, int> _looks = new();

        public ICollection<SeenThread> Threads => _looks.Keys;

        public int Looks => _looks.Values.Sum();

        public override long GetTimestamp()
        {
            _looks.AddOrUpdate(SeenThread.Current, 1, (_, looks) => looks + 1);
            return base.GetTimestamp();
        }
    }
}
