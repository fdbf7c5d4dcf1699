using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Platform.Privacy;
using Platform.Scenarios;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqlitePrivacyTablesTests(SqliteFixture fixture) : PrivacyTablesTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresPrivacyTablesTests(PostgresFixture fixture) : PrivacyTablesTests(fixture);

public abstract class PrivacyTablesTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();
    private readonly UserId _user = Samples.New<UserId>();

    private ErasureTable Erasures => fixture.Services.GetRequiredService<ErasureTable>();

    private PrivacyRecords Records => fixture.Services.GetRequiredService<PrivacyRecords>();

    [Fact]
    public async Task Erasure_AddedAndCompleted_IsTheSameAndStaysTheFirst()
    {
        var open = new ErasureCertificate { Id = Samples.New<ErasureId>(), TenantId = _tenant, UserId = _user, RequestedAt = Samples.Now.AddTicks(3) };
        await Erasures.AddAsync(open, default);
        await Erasures.AddAsync(open with { Id = Samples.New<ErasureId>() }, default);
        var found = (await Erasures.FindAsync(_user, default)).ShouldNotBeNull();
        (found.Id, found.TenantId, found.UserId, found.RequestedAt, found.IsComplete).ShouldBe((open.Id, _tenant, _user, open.RequestedAt, false));
        (await Erasures.ListOpenAsync(1000, default)).ShouldContain(_user);

        var done = open with { CompletedAt = Samples.Now.AddTicks(5), What = ErasedParts.All, LogSequence = 7, LogHash = [1, 2], KeyId = "k", Signature = [3] };
        await Erasures.CompleteAsync(done, default);
        await Erasures.CompleteAsync(done with { LogSequence = 8 }, default);

        var certificate = (await Erasures.FindAsync(_tenant, open.Id, default)).ShouldNotBeNull();
        (certificate.CompletedAt, certificate.LogSequence, certificate.KeyId).ShouldBe((done.CompletedAt, 7L, "k"));
        certificate.What.ShouldBe(done.What);
        certificate.LogHash!.Value.ShouldBe(done.LogHash!.Value);
        certificate.Signature!.Value.ShouldBe(done.Signature!.Value);
        (await Erasures.ListOpenAsync(1000, default)).ShouldNotContain(_user);
        (await Erasures.FindAsync(Samples.New<TenantId>(), open.Id, default)).ShouldBeNull("another tenant's");
        (await Erasures.ListAsync(_tenant, new PageRequest(10, null), default)).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Former_AddedTwice_StaysWhereItWas()
    {
        (await Erasures.FindFormerAsync(_user, default)).ShouldBeNull();
        await Erasures.AddFormerAsync(_user, _tenant, Samples.Now, default);
        await Erasures.AddFormerAsync(_user, Samples.New<TenantId>(), Samples.Now, default);

        (await Erasures.FindFormerAsync(_user, default)).ShouldBe(_tenant);
    }

    /// <summary>All that one user has written, page by page, and nothing of others; changes that never happened are not there.</summary>
    [Fact]
    public async Task Written_OfOneUser_IsPagedByScenario()
    {
        var scenarios = fixture.Services.GetRequiredService<ScenarioTable>();
        var other = Samples.New<UserId>();
        var expected = new List<(ScenarioId, int)>();
        for (var s = 0; s < 3; s++)
        {
            var id = Samples.New<ScenarioId>();
            await scenarios.SaveAsync(
                new ScenarioListing
                {
                    Id = id, TenantId = _tenant, Name = $"s{s}", Kind = ScenarioKind.Scenario, Status = ScenarioStatus.Paused, Version = 11, CreatedAt = Samples.Now, UpdatedAt = Samples.Now,
                },
                [new ScenarioGrant(_user, Permissions.Read), new ScenarioGrant(other, Permissions.Edit)],
                default);
            for (var version = 1; version <= 12; version++)
            {
                var by = version % 2 == 0 ? other : _user;
                await scenarios.AddHistoryAsync(id, new ScenarioHistoryEntry(version, Samples.Now, by, "updated", "[]"), keep: 100, maxSize: 100_000, default);
                if (by == _user && version <= 11) expected.Add((id, version));
                await scenarios.AddCommentAsync(id, new ScenarioComment(Samples.New<CommentId>(), by, Samples.Now, string.Create(CultureInfo.InvariantCulture, $"{version}")), default);
            }
        }

        var changes = await AllAsync(page => Records.ListChangesAsync(_user, page, default));
        var comments = await AllAsync(page => Records.ListCommentsAsync(_user, page, default));
        var grants = await AllAsync(page => Records.ListGrantsAsync(_user, page, default));

        changes.Select(change => (change.ScenarioId, change.Version)).ShouldBe(expected.OrderBy(e => e.Item1.ToString(), StringComparer.Ordinal).ThenBy(e => e.Item2));
        comments.Count.ShouldBe(18);
        comments.ShouldAllBe(comment => int.Parse(comment.Text, CultureInfo.InvariantCulture) % 2 == 1);
        grants.Count.ShouldBe(3);
        grants.ShouldAllBe(grant => grant.Permissions == Permissions.Read);
    }

    private static async Task<List<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> read) where T : class
    {
        var all = new List<T>();
        string? after = null;
        do
        {
            var page = await read(new PageRequest(4, after));
            page.Items.Length.ShouldBeLessThanOrEqualTo(4);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }
}
