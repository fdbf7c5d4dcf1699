using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Postgres;

[Collection(PostgresCollection.Name)]
public sealed class ReminderScriptTests(PostgresFixture fixture) : IAsyncLifetime
{
    private const string ServiceId = "s";
    private static readonly DateTime Now = new(2026, 8, 22, 12, 0, 0, DateTimeKind.Utc);
    private static int s_databases;

    private ProviderQueries _queries = null!;

    public async Task InitializeAsync() =>
        _queries = await ProviderQueries.CreateAsync(fixture, $"reminders_{Interlocked.Increment(ref s_databases)}");

    public async Task DisposeAsync() => await _queries.DisposeAsync();

    [Fact]
    public async Task Upsert_AnswersAnEtagThatMoves()
    {
        (await UpsertAsync("a", 1)).ShouldBe(0);
        (await UpsertAsync("a", 1)).ShouldBe(1);
        (await UpsertAsync("b", 1)).ShouldBe(0);

        var rows = await _queries.RunAsync("ReadReminderRowsKey", new { ServiceId, GrainId = "g/1" });
        rows.Count.ShouldBe(2);
        rows[0].Keys.ShouldBe(["grainid", "remindername", "starttime", "period", "version"], ignoreOrder: true);
        (await _queries.RunAsync("ReadReminderRowKey", new { ServiceId, GrainId = "g/1", ReminderName = "a" })).ShouldHaveSingleItem()["Version"].ShouldBe(1);
        (await _queries.RunAsync("ReadReminderRowKey", new { ServiceId, GrainId = "g/1", ReminderName = "c" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_NeedsTheEtag()
    {
        await UpsertAsync("a", 1);
        await UpsertAsync("a", 1);

        (await _queries.SucceedsAsync("DeleteReminderRowKey", new { ServiceId, GrainId = "g/1", ReminderName = "a", Version = 0 })).ShouldBeFalse();
        (await _queries.SucceedsAsync("DeleteReminderRowKey", new { ServiceId, GrainId = "g/1", ReminderName = "a", Version = 1 })).ShouldBeTrue();
    }

    [Fact]
    public async Task Ranges_CoverTheRingOnceEach()
    {
        int[] hashes = [int.MinValue, -5, 0, 5, int.MaxValue];
        foreach (var hash in hashes) await UpsertAsync($"at {hash}", hash);

        (await RangeAsync("ReadRangeRows1Key", -5, 5)).ShouldBe(["at 0", "at 5"]);
        (await RangeAsync("ReadRangeRows2Key", 5, -5)).ShouldBe(["at -2147483648", "at -5", "at 2147483647"]);
        (await RangeAsync("ReadRangeRows2Key", 0, 0)).Count.ShouldBe(hashes.Length);
    }

    [Fact]
    public async Task DeleteAll_TakesThoseOfTheServiceOnly()
    {
        await UpsertAsync("a", 1);

        await _queries.RunAsync("DeleteReminderRowsKey", new { ServiceId = "other" });
        (await RangeAsync("ReadRangeRows2Key", 0, 0)).ShouldHaveSingleItem();
        await _queries.RunAsync("DeleteReminderRowsKey", new { ServiceId });
        (await RangeAsync("ReadRangeRows2Key", 0, 0)).ShouldBeEmpty();
    }

    private async Task<int> UpsertAsync(string name, int hash) => (int)(await _queries.RunAsync("UpsertReminderRowKey", new
    {
        ServiceId, GrainId = "g/1", ReminderName = name, StartTime = Now, Period = 60_000, GrainHash = hash,
    })).ShouldHaveSingleItem()["version"];

    private async Task<List<string>> RangeAsync(string key, int begin, int end) =>
        [.. (await _queries.RunAsync(key, new { ServiceId, BeginHash = begin, EndHash = end })).Select(row => (string)row["ReminderName"]).Order(StringComparer.Ordinal)];
}
