using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Platform.Notifications;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteNotificationOutboxTests(SqliteFixture fixture) : NotificationOutboxTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresNotificationOutboxTests(PostgresFixture fixture) : NotificationOutboxTests(fixture);

/// <summary>The table is shared: each test leaves it empty, as its collection runs them one after the other.</summary>
public abstract class NotificationOutboxTests(StorageFixture fixture) : IAsyncLifetime
{
    private static readonly DateTimeOffset Due = Samples.Now.AddTicks(5);
    private static readonly DateTimeOffset Again = Samples.Now.AddMinutes(1);

    private NotificationOutbox Outbox => fixture.Services.GetRequiredService<NotificationOutbox>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var row in await Outbox.TakeDueAsync(DateTimeOffset.MaxValue.AddDays(-1), DateTimeOffset.MaxValue, 1000, default)) await Outbox.RemoveAsync(row.Id, default);
    }

    [Fact]
    public async Task TakeDue_RowsOfOneCall_AreTheSameToTheByte()
    {
        var rows = await AddAsync(3, Due);

        var taken = await Outbox.TakeDueAsync(Due, Again, 10, default);

        taken.Count.ShouldBe(3);
        foreach (var row in rows)
        {
            var found = taken.Single(candidate => candidate.Id == row.Id);
            found.Sealed.ShouldBe(row.Sealed);
            (found.Subject, found.About).ShouldBe((row.Subject, row.About));
            found.Attempts.ShouldBe(row.Attempts);
        }
    }

    [Fact]
    public async Task Add_OneOfThemIsThereAlready_AddsNone()
    {
        var row = (await AddAsync(1, Due))[0];

        await Should.ThrowAsync<InvalidOperationException>(() => Outbox.AddAsync([Row(), row], Due, default));

        (await Outbox.TakeDueAsync(Due, Again, 10, default)).ShouldHaveSingleItem().Id.ShouldBe(row.Id);
    }

    [Fact]
    public async Task TakeDue_BeforeItsTime_TakesNothing()
    {
        await AddAsync(1, Due);

        (await Outbox.TakeDueAsync(Due.AddTicks(-1), Again, 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task TakeDue_Taken_IsDueAgainOnlyLater()
    {
        var row = (await AddAsync(1, Due))[0];
        await Outbox.TakeDueAsync(Due, Again, 10, default);

        (await Outbox.TakeDueAsync(Again.AddTicks(-1), Again, 10, default)).ShouldBeEmpty();
        (await Outbox.TakeDueAsync(Again, Again.AddMinutes(1), 10, default)).ShouldHaveSingleItem().Id.ShouldBe(row.Id);
    }

    [Fact]
    public async Task TakeDue_MoreThanTheLimit_TakesTheOldest()
    {
        var later = await AddAsync(1, Due.AddTicks(1));
        var sooner = await AddAsync(2, Due);

        (await Outbox.TakeDueAsync(Again, Again.AddMinutes(1), 2, default)).Select(row => row.Id).ShouldBe(sooner.Select(row => row.Id), ignoreOrder: true);
        (await Outbox.TakeDueAsync(Again, Again.AddMinutes(1), 2, default)).ShouldHaveSingleItem().Id.ShouldBe(later[0].Id);
    }

    [Fact]
    public async Task TakeDue_ManyWorkersAtOnce_EachRowIsTakenOnce()
    {
        var rows = await AddAsync(40, Due);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Outbox.TakeDueAsync(Due, Again, 40, default)));

        taken.SelectMany(batch => batch).Select(row => row.Id).ShouldBe(rows.Select(row => row.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Postpone_CountsAttemptsAndWaits()
    {
        var row = (await AddAsync(1, Due))[0];
        await Outbox.TakeDueAsync(Due, Again, 10, default);
        await Outbox.PostponeAsync(row.Id, 4, Again.AddHours(1), default);

        (await Outbox.TakeDueAsync(Again.AddHours(1).AddTicks(-1), Again.AddHours(2), 10, default)).ShouldBeEmpty();
        (await Outbox.TakeDueAsync(Again.AddHours(1), Again.AddHours(2), 10, default)).ShouldHaveSingleItem().Attempts.ShouldBe(4);
    }

    [Fact]
    public async Task Remove_IsGone()
    {
        var row = (await AddAsync(1, Due))[0];
        await Outbox.RemoveAsync(row.Id, default);
        await Outbox.RemoveAsync(row.Id, default);

        (await Outbox.TakeDueAsync(Again, Again, 10, default)).ShouldBeEmpty();
    }

    private static OutboxRow Row() => new(Guid.CreateVersion7(Samples.Now), "usr_1", RandomNumberGenerator.GetInt32(2) == 0 ? null : "usr_2", [.. RandomNumberGenerator.GetBytes(64)], 0);

    private async Task<OutboxRow[]> AddAsync(int count, DateTimeOffset dueAt)
    {
        OutboxRow[] rows = [.. Enumerable.Range(0, count).Select(_ => Row())];
        await Outbox.AddAsync(rows, dueAt, default);
        return rows;
    }
}
