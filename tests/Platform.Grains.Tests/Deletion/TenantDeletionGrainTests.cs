using Platform.Audit;
using Platform.Deletion;
using Platform.Grains.Tests.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Sessions;
using Platform.Storage;
using Platform.Tenants;

namespace Platform.Grains.Tests.Deletion;

public sealed class TenantDeletionGrainTests
{
    /// <summary>Storage goes away in the middle of each step, before or after what it was asked for; the process ends, and the next one brings the deletion to its end.</summary>
    [Theory]
    [InlineData("write", "tenant_deletions", false)]
    [InlineData("write", "data_keys", false)]
    [InlineData("write", "data_keys", true)]
    [InlineData("clear", "sessions", true)]
    [InlineData("clear", "users", false)]
    [InlineData("clear", "users", true)]
    [InlineData("clear", "grain_state", false)]
    [InlineData("clear", "tenants", false)]
    [InlineData("clear", "tenants", true)]
    [InlineData("write", "audit_closures", false)]
    [InlineData("write", "audit_closures", true)]
    [InlineData("clear", "audit_closures", false)]
    [InlineData("clear", "audit_closures", true)]
    [Trait("Threat", "T52"), Trait("Fault", "F1")]
    public async Task Resume_AfterAFailureAnywhere_ComesToTheEnd(string kind, string table, bool after)
    {
        if (TestDatabases.ArePostgres && table == "grain_state") return;
        var failing = new FaultyDatabase();
        await using var first = await SiloHost.StartAsync(failing.Put);
        var (tenant, owner) = await first.NewTenantAsync();
        var (neighbour, other) = await first.NewTenantAsync();
        await first.NewUserAsync(owner, "bob");
        var (session, hash) = await first.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword);
        (await first.Grains.TenantDeletion(tenant.Id).RequestAsync(SiloHost.OperatorActor, default)).Value.ShouldNotBeNull();
        await PassAsync(first, 29);
        first.Time.Advance(TimeSpan.FromDays(2));
        if (after) failing.FailAfter = new Operation(kind, table);
        else failing.FailBefore = new Operation(kind, table);

        await first.Service<TenantDeletionWorker>().ResumeAsync(default);

        (await first.Grains.TenantDeletion(tenant.Id).GetAsync(SiloHost.OperatorActor, default)).Value!.IsComplete.ShouldBeFalse();
        (failing.FailBefore, failing.FailAfter) = (null, null);
        (await first.PeekAsync(session!.Id, hash)).ShouldNotBe(SessionState.Live);
        (await first.TrySignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword, [1])).Refusal.ShouldBe(Refusal.InvalidCredentials, "also while it is being destroyed");
        await using var now = await first.RestartAsync();
        await now.Service<TenantDeletionWorker>().ResumeAsync(default);

        var done = (await now.Grains.TenantDeletion(tenant.Id).GetAsync(SiloHost.OperatorActor, default)).Value.ShouldNotBeNull();
        done.IsComplete.ShouldBeTrue();
        done.Counts["users"].ShouldBe(2);
        (await now.Grains.TenantName(tenant.Slug).ResolveAsync(default)).ShouldBeNull();
        (await now.TrySignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword, [1])).Refusal.ShouldBe(Refusal.InvalidCredentials);
        (await now.SignInAsync(neighbour.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
        (await new AuditSample(now, other.TenantId).VerifyAsync()).FirstInvalid.ShouldBeNull();
        (await now.Service<AuditEventTable>().ReadAsync(tenant.Id, 0, long.MaxValue, 1, default)).ShouldBeEmpty();
    }

    /// <summary>The operator takes it back in the same moment in which the worker begins it: one of both wins, and both answers say which.</summary>
    [Fact]
    public async Task Withdraw_WhileTheWorkerBegins_OneOfBothWins()
    {
        await using var silo = await SiloHost.StartAsync();
        for (var round = 0; round < 6; round++)
        {
            var (tenant, _) = await silo.NewTenantAsync();
            (await silo.Grains.TenantDeletion(tenant.Id).RequestAsync(SiloHost.OperatorActor, default)).Value.ShouldNotBeNull();
            await PassAsync(silo, 29);
            silo.Time.Advance(TimeSpan.FromDays(2));

            var begins = silo.Service<TenantDeletionWorker>().ResumeAsync(default);
            var withdrawn = await silo.Grains.Tenant(tenant.Id).ChangeAsync(SiloHost.OperatorActor, new TenantChange { WithdrawDeletion = true }, default);
            await begins;
            await silo.Service<TenantDeletionWorker>().ResumeAsync(default);

            var deletion = await silo.Grains.TenantDeletion(tenant.Id).GetAsync(SiloHost.OperatorActor, default);
            if (withdrawn.Value is not null)
            {
                deletion.Refusal.ShouldBe(Refusal.NotFound);
                (await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
            }
            else
            {
                withdrawn.Refusal.ShouldBeOneOf(Refusal.TenantDeleting, Refusal.NotFound);
                deletion.Value!.IsComplete.ShouldBeTrue();
            }
        }
    }

    /// <summary>A clock that jumps ahead by a year and back costs no tenant its data.</summary>
    [Fact, Trait("Fault", "F14")]
    public async Task Resume_ClockJumpsAheadAndBack_NothingIsDeletedWithoutNotice()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        (await silo.Grains.TenantDeletion(tenant.Id).RequestAsync(SiloHost.OperatorActor, default)).Value.ShouldNotBeNull();
        silo.Time.Advance(TimeSpan.FromDays(365));
        await silo.Service<TenantDeletionWorker>().ResumeAsync(default);
        (await FindAsync()).Status.ShouldBe(TenantStatus.Active);
        silo.Time.StepBack(TimeSpan.FromDays(364));
        await silo.Service<TenantDeletionWorker>().ResumeAsync(default);
        (await FindAsync()).DeletesAt.ShouldNotBeNull().ShouldBeInRange(silo.Time.GetUtcNow().AddDays(3), silo.Time.GetUtcNow().AddDays(30));
        await PassAsync(silo, 2);

        (await FindAsync()).Status.ShouldBe(TenantStatus.Active);
        await PassAsync(silo, 30);
        (await silo.Grains.TenantDeletion(tenant.Id).GetAsync(SiloHost.OperatorActor, default)).Value!.IsComplete.ShouldBeTrue();

        async Task<TenantView> FindAsync() => (await silo.Grains.Tenant(tenant.Id).GetAsync(SiloHost.OperatorActor, default)).Value.ShouldNotBeNull();
    }

    [Fact]
    public async Task Request_ManyAtOnce_IsOneDeletion()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => silo.Grains.TenantDeletion(tenant.Id).RequestAsync(SiloHost.OperatorActor, default)));

        answers.Select(answer => answer.Value.ShouldNotBeNull().DeletesAt).Distinct().ShouldHaveSingleItem();
        (await new AuditSample(silo, owner.TenantId).ReadAllAsync()).Count(e => e.Action == AuditActions.TenantDeletionRequested).ShouldBe(1);
    }

    private static async Task PassAsync(SiloHost silo, int days)
    {
        for (var day = 0; day < days; day++)
        {
            silo.Time.Advance(TimeSpan.FromDays(1));
            await silo.Service<TenantDeletionWorker>().ResumeAsync(default);
        }
    }
}
