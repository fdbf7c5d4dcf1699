using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Platform.Idempotency;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteIdempotencyKeyTableTests(SqliteFixture fixture) : IdempotencyKeyTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresIdempotencyKeyTableTests(PostgresFixture fixture) : IdempotencyKeyTableTests(fixture);

public abstract class IdempotencyKeyTableTests(StorageFixture fixture)
{
    private static readonly DateTimeOffset Lease = Samples.Now.AddSeconds(30).AddTicks(1);
    private static readonly DateTimeOffset Expiry = Samples.Now.AddHours(24);

    private readonly IdempotencyKey _key = new(Samples.New<TenantId>(), Samples.New<UserId>(), "a key ü世");

    private IdempotencyKeyTable Keys => fixture.Services.GetRequiredService<IdempotencyKeyTable>();

    [Fact]
    public async Task Add_ThenFind_IsTheSame()
    {
        var row = Row();
        (await Keys.FindAsync(_key, default)).ShouldBeNull();
        (await AddAsync(row)).ShouldBeTrue();

        await ShouldHoldAsync(row);
    }

    [Fact]
    [Trait("Threat", "T50")]
    public async Task Add_ManyAtOnce_OneSucceeds()
    {
        var rows = Enumerable.Range(0, 50).Select(_ => Row()).ToArray();

        var added = await Task.WhenAll(rows.Select(AddAsync));

        added.Count(success => success).ShouldBe(1);
        await ShouldHoldAsync(rows[Array.IndexOf(added, true)]);
    }

    [Fact]
    [Trait("Threat", "T50")]
    public async Task Add_SameTextOfAnotherPersonOrTenantOrCase_IsAnotherKey()
    {
        IdempotencyKey[] others =
        [
            _key with { UserId = Samples.New<UserId>() },
            _key with { TenantId = Samples.New<TenantId>() },
            _key with { Key = "A KEY ü世" },
            _key with { Key = "a key u\u0308世" },
        ];

        foreach (var key in others.Append(_key)) (await Keys.TryAddAsync(key, Row(), Expiry, default)).ShouldBeTrue();
    }

    [Fact]
    public async Task TakeOver_OnlyAfterTheLeaseAndOnlyOnce()
    {
        await AddAsync(Row());
        var next = Lease.AddSeconds(30);

        (await Keys.TryTakeOverAsync(_key, Lease.AddTicks(-1), next, default)).ShouldBeFalse();
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Keys.TryTakeOverAsync(_key, Lease, next, default)));

        taken.Count(success => success).ShouldBe(1);
        (await Keys.FindAsync(_key, default))!.RunningUntil.ShouldBe(next);
    }

    [Fact]
    public async Task Answer_IsKeptToTheByteAndIsFinal()
    {
        await AddAsync(Row());
        var answer = new IdempotentAnswer { Status = 201, Location = "/v1/ü", Body = [0, 1, 255, 0], About = Samples.New<UserId>() };
        await Keys.AnswerAsync(_key, answer, default);
        await Keys.RemoveAsync(_key, default);
        await Keys.ReleaseAsync(_key, Samples.Now, default);

        (await Keys.TryTakeOverAsync(_key, Expiry, Expiry, default)).ShouldBeFalse();
        (await AddAsync(Row())).ShouldBeFalse();
        var found = (await Keys.FindAsync(_key, default))!;
        found.RunningUntil.ShouldBe(Lease);
        (found.Answer!.Status, found.Answer.Location, found.Answer.About).ShouldBe((201, "/v1/ü", answer.About));
        found.Answer.Body.ShouldBe(answer.Body);
    }

    [Fact]
    public async Task Answer_WithoutLocationAndBody_IsKept()
    {
        await AddAsync(Row());
        await Keys.AnswerAsync(_key, new IdempotentAnswer { Status = 204, Location = null, Body = [] }, default);

        var answer = (await Keys.FindAsync(_key, default))!.Answer.ShouldNotBeNull();
        answer.Location.ShouldBeNull();
        answer.Body.ShouldBeEmpty();
    }

    [Fact]
    public async Task Release_LetsTheNextTakeOverAtOnce()
    {
        await AddAsync(Row());
        await Keys.ReleaseAsync(_key, Samples.Now, default);

        (await Keys.TryTakeOverAsync(_key, Samples.Now, Lease, default)).ShouldBeTrue();
    }

    [Fact]
    public async Task Remove_Unanswered_IsGone()
    {
        await AddAsync(Row());
        await Keys.RemoveAsync(_key, default);

        (await Keys.FindAsync(_key, default)).ShouldBeNull();
        (await AddAsync(Row())).ShouldBeTrue();
    }

    [Fact]
    public async Task Remove_TellsWhetherThereWasOne()
    {
        await AddAsync(Row());
        (await Keys.RemoveAsync(_key, default)).ShouldBeTrue();
        (await Keys.RemoveAsync(_key, default)).ShouldBeFalse();
        await AddAsync(Row());
        await Keys.AnswerAsync(_key, new IdempotentAnswer { Status = 204, Location = null, Body = [] }, default);
        (await Keys.RemoveAsync(_key, default)).ShouldBeFalse("an answer stays");
    }

    [Fact]
    public async Task Count_IsOfTheTenantAndOfWhatHasNotExpired()
    {
        (await Keys.CountAsync(_key.TenantId, Samples.Now, default)).ShouldBe(0);
        (await Keys.FindFirstExpiryAsync(_key.TenantId, Samples.Now, default)).ShouldBeNull();
        await Keys.TryAddAsync(_key, Row(), Expiry, default);
        await Keys.TryAddAsync(_key with { Key = "sooner", UserId = Samples.New<UserId>() }, Row(), Expiry.AddTicks(-1), default);
        await Keys.TryAddAsync(_key with { TenantId = Samples.New<TenantId>() }, Row(), Expiry.AddTicks(-2), default);

        (await Keys.CountAsync(_key.TenantId, Samples.Now, default)).ShouldBe(2);
        (await Keys.FindFirstExpiryAsync(_key.TenantId, Samples.Now, default)).ShouldBe(Expiry.AddTicks(-1));
        (await Keys.CountAsync(_key.TenantId, Expiry.AddTicks(-1), default)).ShouldBe(1);
        (await Keys.FindFirstExpiryAsync(_key.TenantId, Expiry.AddTicks(-1), default)).ShouldBe(Expiry);
        (await Keys.CountAsync(_key.TenantId, Expiry, default)).ShouldBe(0);
    }

    [Fact]
    public async Task RemoveExpired_TakesThoseWhoseTimeHasCome()
    {
        // In a year of its own: other tests' keys are younger.
        var end = Samples.Now.AddYears(-20);
        var (old, young) = (_key, _key with { Key = "young" });
        await Keys.TryAddAsync(old, Row(), end, default);
        await Keys.TryAddAsync(young, Row(), end.AddTicks(1), default);

        await Keys.RemoveExpiredAsync(end, default);

        (await Keys.FindAsync(old, default)).ShouldBeNull();
        (await Keys.FindAsync(young, default)).ShouldNotBeNull();
    }

    private static IdempotencyRow Row() => new() { RequestHash = [.. RandomNumberGenerator.GetBytes(32)], OperationId = Guid.CreateVersion7(Samples.Now), RunningUntil = Lease, Answer = null };

    private Task<bool> AddAsync(IdempotencyRow row) => Keys.TryAddAsync(_key, row, Expiry, default);

    private async Task ShouldHoldAsync(IdempotencyRow row)
    {
        var found = (await Keys.FindAsync(_key, default)).ShouldNotBeNull();
        found.RequestHash.ShouldBe(row.RequestHash);
        (found.OperationId, found.RunningUntil, found.Answer).ShouldBe((row.OperationId, row.RunningUntil, null));
    }
}
