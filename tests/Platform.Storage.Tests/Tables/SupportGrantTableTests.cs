using Microsoft.Extensions.DependencyInjection;
using Platform.Clocks;
using Platform.Storage.Tests.Hosting;
using Platform.Support;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteSupportDirectoryTests(SqliteFixture fixture) : SupportGrantTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresSupportDirectoryTests(PostgresFixture fixture) : SupportGrantTableTests(fixture);

public abstract class SupportGrantTableTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();
    private readonly UserId _operator = Samples.New<UserId>();

    private SupportGrantTable Grants => fixture.Services.GetRequiredService<SupportGrantTable>();

    [Fact]
    public async Task Save_InEachState_ReadsBackTheSame()
    {
        var requested = Grant() with { Reason = "Café \"ü世\"", BreakGlass = true, ApprovalWaived = true };
        var active = requested with
        {
            State = SupportGrantState.Active, ApprovedBy = Samples.New<UserId>(), ActivatedAt = Samples.Now.AddTicks(9), ExpiresAt = Samples.Now.AddHours(1).AddTicks(9),
        };
        var ended = active with { State = SupportGrantState.Ended, EndReason = SupportGrantEnd.EndedByTenant, EndedAt = Samples.Now.AddMinutes(7), EndedBy = Samples.New<UserId>() };

        foreach (var grant in (SupportGrant[])[requested, active, ended, requested])
        {
            await Grants.SaveAsync(grant, default);
            (await Grants.FindAsync(grant.Id, default)).ShouldBe(grant);
            (await AllAsync(10)).ShouldBe([grant]);
            (await Grants.ListOpenAsync(_tenant, default)).ShouldBe(grant.State == SupportGrantState.Ended ? [] : [grant]);
        }

        await Grants.RemoveAsync(requested.Id, default);
        await Grants.RemoveAsync(requested.Id, default);
        (await Grants.FindAsync(requested.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task List_IsNewestFirstOfItsTenantAndOfOneOperatorWhereThatIsAsked()
    {
        var (own, other) = (new List<string>(), Samples.New<UserId>());
        for (var i = 0; i < 9; i++)
        {
            var grant = Grant() with { OperatorId = i % 3 == 0 ? other : _operator };
            await Grants.SaveAsync(grant, default);
            if (i % 3 != 0) own.Add(grant.Id.ToString());
        }

        (await AllAsync(4)).Select(grant => grant.Id.ToString()).ShouldBeInOrder(SortDirection.Descending, StringComparer.Ordinal);
        (await AllAsync(4)).Count.ShouldBe(9);
        (await AllAsync(2, _operator)).Select(grant => grant.Id.ToString()).ShouldBe(own.OrderDescending(StringComparer.Ordinal));
        (await Grants.ListAsync(Samples.New<TenantId>(), null, new PageRequest(10, null), default)).Items.ShouldBeEmpty();
        (await Grants.ListAsync(Samples.New<TenantId>(), _operator, new PageRequest(10, null), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task FindDue_NamesTenantsOnceFromTheExactMomentOn()
    {
        // Far from what other tests leave in the same table.
        var at = Samples.Now.AddYears(-50);
        var tenants = Enumerable.Range(0, 5).Select(_ => Samples.New<TenantId>()).OrderBy(id => id.ToString(), StringComparer.Ordinal).ToArray();
        foreach (var tenant in tenants)
        {
            await Grants.SaveAsync(Grant() with { TenantId = tenant, ExpiresAt = at }, default);
            await Grants.SaveAsync(Grant() with { TenantId = tenant, ExpiresAt = at.AddTicks(-1) }, default);
        }

        await Grants.SaveAsync(Ended(Grant() with { ExpiresAt = at }), default);

        (await DueAsync(at.AddTicks(-2))).ShouldBeEmpty();
        (await DueAsync(at)).ShouldBe(tenants);
        (await DueAsync(at - SupportRules.RequestLifetime - StoredTime.Allowance)).ShouldBeEmpty();
        (await DueAsync(at - SupportRules.RequestLifetime - StoredTime.Allowance - TimeSpan.FromTicks(2))).ShouldBe(tenants, "stored by a clock that was ahead");
        foreach (var tenant in tenants)
        {
            foreach (var grant in await Grants.ListOpenAsync(tenant, default)) await Grants.SaveAsync(Ended(grant), default);
        }

        (await DueAsync(at)).ShouldBeEmpty();

        // Two at a time, without what other tests left in the same table.
        async Task<IReadOnlyList<TenantId>> DueAsync(DateTimeOffset now)
        {
            var due = new List<TenantId>();
            IReadOnlyList<TenantId> page = [];
            do
            {
                page = await Grants.FindDueAsync(now, page.Count == 0 ? null : page[^1], 2, default);
                due.AddRange(page);
            }
            while (page.Count == 2);
            due.ShouldBeUnique();
            return [.. due.Where(tenants.Contains)];
        }
    }

    private static SupportGrant Ended(SupportGrant grant) =>
        grant with { State = SupportGrantState.Ended, EndReason = SupportGrantEnd.Expired, EndedAt = grant.ExpiresAt };

    private SupportGrant Grant() => new()
    {
        Id = Samples.New<SupportGrantId>(),
        TenantId = _tenant,
        OperatorId = _operator,
        Reason = "reason",
        Ticket = "SUP-1",
        Duration = TimeSpan.FromHours(1).Add(TimeSpan.FromTicks(1)),
        State = SupportGrantState.Requested,
        RequestedAt = Samples.Now.AddTicks(3),
        ExpiresAt = Samples.Now.AddHours(24),
    };

    private Task<List<SupportGrant>> AllAsync(int limit, UserId? user = null) => Samples.AllAsync(limit, page => Grants.ListAsync(_tenant, user, page, default));
}
