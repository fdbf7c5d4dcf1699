using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Platform.Paging;
using Platform.Scenarios;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteScenarioDirectoryTests(SqliteFixture fixture) : ScenarioTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresScenarioDirectoryTests(PostgresFixture fixture) : ScenarioTableTests(fixture);

public abstract class ScenarioTableTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();
    private readonly UserId _user = Samples.New<UserId>();

    private ScenarioTable Scenarios => fixture.Services.GetRequiredService<ScenarioTable>();

    [Fact]
    public async Task Save_ThenList_IsTheSameAndOverwrites()
    {
        var scenario = New(1);
        await Scenarios.SaveAsync(scenario, grants: null, default);
        var changed = scenario with { Name = "Other \"Ünïcode\"", Kind = ScenarioKind.Personalization, Status = ScenarioStatus.Running, Version = 7, UpdatedAt = scenario.UpdatedAt.AddTicks(3) };
        await Scenarios.SaveAsync(changed, grants: null, default);

        (await ListAsync(readsAll: true)).ShouldBe([changed]);
        (await Scenarios.ListAsync(Samples.New<TenantId>(), _user, readsAll: true, ScenarioFilter.All, new PageRequest(10, null), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_LeavesOutWhatIsHiddenAndFillsItsPages()
    {
        var all = Enumerable.Range(1, 9).Select(New).ToArray();
        Permissions?[] levels = [null, Permissions.None, Permissions.Read, Permissions.Edit, null, Permissions.Read | Permissions.Edit, Permissions.Collaborate, null, Permissions.None];
        for (var i = 0; i < all.Length; i++)
        {
            await Scenarios.SaveAsync(all[i], levels[i] is { } level ? [new ScenarioGrant(_user, level), new ScenarioGrant(Samples.New<UserId>(), Permissions.None)] : [], default);
        }

        (await ListAsync(readsAll: true, limit: 2)).ShouldBe([all[7], all[5], all[4], all[2], all[0]]);
        (await ListAsync(readsAll: false, limit: 1)).ShouldBe([all[5], all[2]]);
        (await Scenarios.HasReadingGrantAsync(_tenant, _user, default)).ShouldBeTrue();
        (await Scenarios.HasReadingGrantAsync(_tenant, Samples.New<UserId>(), default)).ShouldBeFalse();
        (await Scenarios.ListGrantedAsync(_user, default)).Count.ShouldBe(6);

        await Scenarios.SaveAsync(all[2], grants: [], default);
        (await ListAsync(readsAll: false)).ShouldBe([all[5]]);
        await Scenarios.RemoveGrantsAsync(_user, default);
        (await ListAsync(readsAll: true)).Count.ShouldBe(9);
        (await ListAsync(readsAll: false)).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_WithFilters_FindsEachOnceOverAllPages()
    {
        var all = Enumerable.Range(1, Pages.Opened + 20).Select(i => New(i) with
        {
            Name = i % 100 == 0 ? $"Spring {i}" : $"Other {i}",
            Kind = i % 2 == 0 ? ScenarioKind.Personalization : ScenarioKind.Scenario,
            Status = i % 3 == 0 ? ScenarioStatus.Running : ScenarioStatus.Paused,
        }).ToArray();
        foreach (var scenario in all) await Scenarios.SaveAsync(scenario, [new ScenarioGrant(_user, Permissions.Read)], default);
        foreach (var readsAll in new[] { true, false })
        {
            foreach (var filter in new ScenarioFilter[]
            {
                new() { Search = "spring" }, new() { Search = "spring", Status = ScenarioStatus.Running }, new() { Kind = ScenarioKind.Personalization }, new() { Search = "nothing" },
                new() { Kind = ScenarioKind.Scenario, Status = ScenarioStatus.Running },
            })
            {
                var expected = all.Reverse().Where(scenario =>
                    (filter.Search is null || scenario.Name.Contains(filter.Search, StringComparison.OrdinalIgnoreCase))
                    && (filter.Kind is null || scenario.Kind == filter.Kind)
                    && (filter.Status is null || scenario.Status == filter.Status));
                (await ListAsync(readsAll, limit: 3, filter)).ShouldBe(expected);
            }
        }
    }

    [Fact]
    public async Task AddHistory_MoreThanItsSize_LetsTheOldestGoAndKeepsTheNewest()
    {
        var scenario = New(1);
        await Scenarios.SaveAsync(scenario, grants: null, default);
        for (var version = 1; version <= 6; version++) await Scenarios.AddHistoryAsync(scenario.Id, Entry(version, new string('x', 100)), keep: 10, maxSize: 350, default);
        (await ListHistoryAsync()).ShouldBe([6, 5, 4]);
        await Scenarios.AddHistoryAsync(scenario.Id, Entry(7, new string('x', 1000)), keep: 10, maxSize: 350, default);
        (await ListHistoryAsync()).ShouldBe([7], "the newest stays, whatever its size");

        async Task<int[]> ListHistoryAsync() => [.. (await Scenarios.ListHistoryAsync(scenario.Id, 9, 100_000, new PageRequest(10, null), default)).Items.Select(entry => entry.Version)];
    }

    [Fact]
    public async Task Count_OfATenantAndOfAScenario_IsOfThatAlone()
    {
        var scenario = New(1);
        await Scenarios.SaveAsync(scenario, grants: null, default);
        await Scenarios.SaveAsync(New(2), grants: null, default);
        await Scenarios.AddCommentAsync(scenario.Id, new ScenarioComment(Samples.New<CommentId>(), _user, Samples.Now, "text"), default);
        (await Scenarios.CountAsync(_tenant, default)).ShouldBe(2);
        (await Scenarios.CountAsync(Samples.New<TenantId>(), default)).ShouldBe(0);
        (await Scenarios.CountCommentsAsync(scenario.Id, default)).ShouldBe(1);
        (await Scenarios.CountCommentsAsync(New(3).Id, default)).ShouldBe(0);
    }

    [Fact]
    public async Task History_IsBoundedInNumberAndInSizeOfAPage()
    {
        var scenario = New(1);
        await Scenarios.SaveAsync(scenario, grants: null, default);
        for (var version = 1; version <= 12; version++) await Scenarios.AddHistoryAsync(scenario.Id, Entry(version, new string('x', 100)), keep: 10, maxSize: 100_000, default);
        await Scenarios.AddHistoryAsync(scenario.Id, Entry(13, "never happened"), keep: 10, maxSize: 100_000, default);

        (await HistoryAsync(scenario.Id, latest: 12, maxSize: 10_000, limit: 200)).ShouldBe([[12, 11, 10, 9, 8, 7, 6, 5, 4]]);
        (await HistoryAsync(scenario.Id, latest: 12, maxSize: 250, limit: 200)).ShouldBe([[12, 11, 10], [9, 8, 7], [6, 5, 4]]);
        (await HistoryAsync(scenario.Id, latest: 12, maxSize: 1, limit: 200)).Count.ShouldBe(9);
        (await HistoryAsync(scenario.Id, latest: 12, maxSize: 10_000, limit: 4)).ShouldBe([[12, 11, 10, 9], [8, 7, 6, 5], [4]]);

        await Scenarios.AddHistoryAsync(scenario.Id, Entry(13, "happened"), keep: 10, maxSize: 100_000, default);
        (await Scenarios.ListHistoryAsync(scenario.Id, 13, 10_000, new PageRequest(1, null), default)).Items.ShouldBe([Entry(13, "happened")]);
    }

    [Fact]
    public async Task Remove_TakesEverythingAlong()
    {
        var scenario = New(1);
        await Scenarios.SaveAsync(scenario, [new ScenarioGrant(_user, Permissions.Read)], default);
        await Scenarios.AddHistoryAsync(scenario.Id, Entry(1, "x"), keep: 10, maxSize: 100_000, default);
        ScenarioComment[] comments = [.. Enumerable.Range(0, 3).Select(i => new ScenarioComment(CommentId.From(Guid.CreateVersion7(Samples.Now.AddMilliseconds(i))), _user, Samples.Now, $"Comment {i}"))];
        foreach (var comment in comments) await Scenarios.AddCommentAsync(scenario.Id, comment, default);
        (await Scenarios.AddCommentAsync(scenario.Id, comments[1] with { CreatedAt = Samples.Now.AddHours(1) }, default)).ShouldBe(comments[1], "it was added before");
        (await Samples.AllAsync(2, page => Scenarios.ListCommentsAsync(scenario.Id, page, default))).ShouldBe(comments.Reverse());

        await Scenarios.RemoveAsync(scenario.Id, default);

        (await ListAsync(readsAll: true)).ShouldBeEmpty();
        (await Scenarios.ListGrantedAsync(_user, default)).ShouldBeEmpty();
        (await Scenarios.ListCommentsAsync(scenario.Id, new PageRequest(10, null), default)).Items.ShouldBeEmpty();
        (await Scenarios.ListHistoryAsync(scenario.Id, 9, 1000, new PageRequest(10, null), default)).Items.ShouldBeEmpty();
    }

    private async Task<List<int[]>> HistoryAsync(ScenarioId scenario, int latest, int maxSize, int limit)
    {
        var pages = new List<int[]>();
        string? after = null;
        do
        {
            var page = await Scenarios.ListHistoryAsync(scenario, latest, maxSize, new PageRequest(limit, after), default);
            pages.Add([.. page.Items.Select(entry => entry.Version)]);
            after = page.Next;
        }
        while (after is not null);
        return pages;
    }

    private ScenarioHistoryEntry Entry(int version, string changes) => new(version, Samples.Now.AddTicks(version), _user, "updated", changes);

    private Task<List<ScenarioListing>> ListAsync(bool readsAll, int limit = 200, ScenarioFilter? filter = null) =>
        Samples.AllAsync(limit, page => Scenarios.ListAsync(_tenant, _user, readsAll, filter ?? ScenarioFilter.All, page, default));

    private ScenarioListing New(int number) => new()
    {
        Id = ScenarioId.From(Guid.CreateVersion7(Samples.Now.AddMilliseconds(number))),
        TenantId = _tenant,
        Name = "Scenario " + number.ToString(CultureInfo.InvariantCulture),
        Kind = ScenarioKind.Scenario,
        Status = ScenarioStatus.Paused,
        Version = 1,
        CreatedAt = Samples.Now,
        UpdatedAt = Samples.Now.AddTicks(number),
    };
}
