using Platform.Snippets;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>A full disk by SQLite's own quota: the same error on the same paths as from the file system, without a file system of one's own.</summary>
public sealed class DiskFullTests
{
    private static readonly Operation Quota = new("write", "none");

    [Fact]
    [Trait("Fault", "F11")]
    public async Task Write_DiskFull_IsUnavailableUntilThereIsSpaceAgain()
    {
        using var folder = new TempFolder();
        using var database = await TestDatabase.OpenAsync(folder.Path);
        var storage = database.GrainStorage();
        // A pragma runs on the writer's connection like any write.
        await database.WriteAsync(Quota, new Statement("PRAGMA max_page_count = 100"), default);

        var written = 0;
        Exception? refusal = null;
        while (refusal is null)
        {
            try
            {
                await WriteAsync(written);
                written++;
            }
            catch (StorageUnavailableException e)
            {
                refusal = e;
            }
        }

        refusal.Message.ShouldBe("Storage is full; nothing was written.");
        refusal.InnerException.ShouldBeNull();
        written.ShouldBeGreaterThan(0);
        (await ReadAsync(0)).RecordExists.ShouldBeTrue("reads go on");
        (await Unkept().IsHealthyAsync(default)).ShouldBeFalse("reads alone do not make it healthy");

        await database.WriteAsync(Quota, new Statement("PRAGMA max_page_count = 1000000"), default);
        (await Unkept().IsHealthyAsync(default)).ShouldBeTrue("it finds out by itself, with nobody writing");
        await WriteAsync(written);
        for (var i = 0; i <= written; i++) (await ReadAsync(i)).State.Name.Length.ShouldBe(8000);
        (await ReadAsync(written + 1)).RecordExists.ShouldBeFalse();
        using var connection = TestDatabase.Foreign(folder.Path);
        connection.Scalar("PRAGMA integrity_check").ShouldBe("ok");

        StorageHealth Unkept() => new(database, TimeProvider.System, "sqlite");

        Task WriteAsync(int number) =>
            storage.WriteStateAsync("snippet", Id(number), new TestState<StoredSnippet> { State = new() { Name = new string('x', 8000) } });

        async Task<TestState<StoredSnippet>> ReadAsync(int number)
        {
            var state = new TestState<StoredSnippet>();
            await storage.ReadStateAsync("snippet", Id(number), state);
            return state;
        }
    }

    [Fact]
    [Trait("Fault", "F11")]
    public async Task Write_TooLargeForTheDisk_DoesNotFailItsGroup()
    {
        using var folder = new TempFolder();
        using var database = await TestDatabase.OpenAsync(folder.Path);
        var storage = database.GrainStorage();
        await database.WriteAsync(Quota, new Statement("PRAGMA max_page_count = 100"), default);
        Task tooLarge;
        Task[] others;
        using (new WriterGate(folder.Path))
        {
            others = [.. Enumerable.Range(0, 5).Select(i => WriteAsync(i, 10))];
            tooLarge = WriteAsync(5, 1_000_000);
            others = [.. others, .. Enumerable.Range(6, 5).Select(i => WriteAsync(i, 10))];
        }

        await Task.WhenAll(others);
        await Should.ThrowAsync<StorageUnavailableException>(() => tooLarge);

        Task WriteAsync(int number, int size) =>
            storage.WriteStateAsync("snippet", Id(number), new TestState<StoredSnippet> { State = new() { Name = new string('x', size) } });
    }

    private static GrainId Id(int number) => GrainId.Create("test", $"snp_{number}");
}
