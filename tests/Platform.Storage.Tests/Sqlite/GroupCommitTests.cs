using Platform.Storage.Sqlite;
using Platform.Storage.Tests.Hosting;
using Platform.Storage.Tests.Tables;
using Platform.Tenants;

namespace Platform.Storage.Tests.Sqlite;

public sealed class GroupCommitTests : IDisposable
{
    private static readonly Operation Test = new("write", "tenants");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Writes_ThatWaitTogether_ShareCommits()
    {
        const int writers = 200;
        using (var database = await TestDatabase.OpenAsync(_folder.Path))
        {
            var before = database.Commits;
            Task[] writes;
            using (new WriterGate(_folder.Path)) writes = [.. Enumerable.Range(0, writers).Select(i => AddAsync(database, i))];
            await Task.WhenAll(writes);

            (database.Commits - before).ShouldBeLessThan(writers / 10);
        }

        using var reopened = await TestDatabase.OpenAsync(_folder.Path);
        (await CountAsync(reopened)).ShouldBe(writers);
    }

    [Fact]
    public async Task Write_Alone_IsDurableWhenAnswered()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path);
        var before = database.Commits;
        await AddAsync(database, 1);

        (database.Commits - before).ShouldBe(1);
        using var connection = TestDatabase.Foreign(_folder.Path);
        connection.Scalar("SELECT count(*) FROM tenants").ShouldBe(1L);
    }

    [Fact]
    public async Task Write_FailingInAGroup_FailsNobodyElse()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path);
        await AddAsync(database, 0);
        var before = database.Commits;
        Task failing, halfDone;
        Task[] others;
        using (new WriterGate(_folder.Path))
        {
            others = [.. Enumerable.Range(1, 20).Select(i => AddAsync(database, i))];
            failing = AddAsync(database, 0, otherId: true);
            halfDone = database.WriteAsync(
                Test,
                [new Statement("UPDATE tenants SET name = 'half'"), new Statement("INSERT INTO tenants (id) VALUES ('incomplete')")],
                Durability.Durable,
                default);
            others = [.. others, .. Enumerable.Range(21, 20).Select(i => AddAsync(database, i))];
        }

        await Task.WhenAll(others);
        await Should.ThrowAsync<InvalidOperationException>(() => failing);
        await Should.ThrowAsync<InvalidOperationException>(() => halfDone);

        (database.Commits - before).ShouldBeLessThan(10);
        (await CountAsync(database)).ShouldBe(41);
        using var connection = TestDatabase.Foreign(_folder.Path);
        connection.Scalar("SELECT count(*) FROM tenants WHERE name = 'half'").ShouldBe(0L);
    }

    [Fact]
    public async Task Write_Answered_GoesOnOnAnotherThread()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path);
        using var waits = new ManualResetEventSlim();
        Task<string?> thread;
        // Held, so that the continuation is there before the answer; without the test runner's context, which would move it anyway.
        using (new WriterGate(_folder.Path))
        {
            thread = Task.Run(async () =>
            {
                var write = AddAsync(database, 1);
                var goesOn = NameOfThreadAfterAsync(write);
                waits.Set();
                return await goesOn;
            });
            waits.Wait();
        }

        (await thread).ShouldNotBe("platform-storage-writer");

        static async Task<string?> NameOfThreadAfterAsync(Task write)
        {
            await write;
            return Thread.CurrentThread.Name;
        }
    }

    [Fact]
    [Trait("Fault", "F8")]
    public async Task Write_QueueFull_IsRefusedAtOnceAndTheRestGoesOn()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path, options => (options.WriteQueueLimit, options.WriteGroupLimit) = (16, 1));
        Task[] writes;
        using (new WriterGate(_folder.Path))
        {
            writes = [.. Enumerable.Range(0, 40).Select(i => AddAsync(database, i))];
            // 16 wait and one is with the writer: the others have their answer already.
            writes.Count(write => write.IsFaulted).ShouldBeGreaterThanOrEqualTo(40 - 17);
        }

        var refused = 0;
        foreach (var write in writes)
        {
            try
            {
                await write;
            }
            catch (StorageUnavailableException)
            {
                refused++;
            }
        }

        (await CountAsync(database)).ShouldBe(40 - refused);
    }

    [Fact]
    [Trait("Fault", "F8")]
    public async Task Write_WaitedTooLong_IsGivenUpAndDoesNotHappenLater()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path, options =>
            (options.OperationTimeout, options.WriteGroupLimit) = (TimeSpan.FromMilliseconds(150), 1));
        using (new WriterGate(_folder.Path))
        {
            var begun = AddAsync(database, 0);
            var waiting = Enumerable.Range(1, 5).Select(i => AddAsync(database, i)).ToArray();
            foreach (var write in waiting.Prepend(begun)) await Should.ThrowAsync<StorageUnavailableException>(() => write);
        }

        await AddAsync(database, 9);
        // The first was with the writer when its caller gave up: that one is open. The others had not begun.
        (await CountAsync(database)).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task Write_CancelledWhileItWaits_DoesNotHappenLater()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path, options => options.WriteGroupLimit = 1);
        using var cancelled = new CancellationTokenSource();
        Task first;
        using (new WriterGate(_folder.Path))
        {
            first = AddAsync(database, 0);
            var waiting = Enumerable.Range(1, 5).Select(i => AddAsync(database, i, cancellation: cancelled.Token)).ToArray();
            await cancelled.CancelAsync();
            foreach (var write in waiting) await Should.ThrowAsync<OperationCanceledException>(() => write);
        }

        await first;
        await AddAsync(database, 9);
        // The first, the last and perhaps one that the writer had begun.
        (await CountAsync(database)).ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Close_CommitsWhatWaits()
    {
        var database = await TestDatabase.OpenAsync(_folder.Path);
        Task[] writes;
        using (new WriterGate(_folder.Path)) writes = [.. Enumerable.Range(0, 50).Select(i => AddAsync(database, i))];
        database.Dispose();
        await Task.WhenAll(writes);
        await Should.ThrowAsync<StorageUnavailableException>(() => AddAsync(database, 99));

        using var reopened = await TestDatabase.OpenAsync(_folder.Path);
        (await CountAsync(reopened)).ShouldBe(50);
    }

    private static Task AddAsync(SqliteDatabase database, int number, bool otherId = false, CancellationToken cancellation = default)
    {
        var tenant = Samples.Tenant($"tenant-{number:D4}");
        return new TenantTable(database).SaveAsync(otherId ? tenant with { Id = Samples.New<TenantId>() } : tenant, cancellation);
    }

    private static async Task<long> CountAsync(SqliteDatabase database) =>
        (await database.ReadAsync(Test, new Statement("SELECT count(*) FROM tenants"), row => row.GetInt64(0), default))[0];
}
