using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Grains.Tests.State;
using Platform.Storage;
using Platform.Support;

namespace Platform.Grains.Tests.Support;

/// <summary>Ends that nobody asks for, crashes and outages.</summary>
public sealed class SupportGrainTests
{
    [Fact]
    public async Task Sweep_WithNobodyAsking_EndsExpiredGrantsAndLogsEachOnce()
    {
        await using var silo = await SiloHost.StartAsync();
        var ((tenant, owner), staff) = (await silo.NewTenantAsync(), await silo.NewOperatorAsync());
        (silo.Service<SupportSweeper>().ExecuteTask is not null).ShouldBeTrue("it runs by itself");
        var (active, waiting) = (await silo.AskAsync(staff, tenant.Id, breakGlass: true), await silo.AskAsync(staff, tenant.Id));
        await silo.SweepAsync();
        (await silo.RowsAsync(tenant.Id)).Values.ShouldAllBe(grant => grant.State != SupportGrantState.Ended);

        silo.Time.Advance(TimeSpan.FromMinutes(10));
        await Task.WhenAll(silo.SweepAsync(), silo.SweepAsync(), silo.SweepAsync());
        await silo.SweepAsync();

        var rows = await silo.RowsAsync(tenant.Id);
        (rows[active].State, rows[active].EndReason, rows[active].EndedAt, rows[active].EndedBy).ShouldBe((SupportGrantState.Ended, SupportGrantEnd.Expired, rows[active].ExpiresAt, null));
        rows[waiting].State.ShouldBe(SupportGrantState.Requested);
        var events = await silo.LoggedEventsAsync(owner, active);
        events.Select(e => (e.Action, e.Reason)).ShouldBe([(AuditActions.SupportGranted, "break_glass"), (AuditActions.SupportEnded, "expired")]);
        events[1].Actor.Type.ShouldBe(AuditParties.System);

        silo.Time.Advance(TimeSpan.FromDays(1));
        await silo.SweepAsync();
        (await silo.RowsAsync(tenant.Id))[waiting].EndReason.ShouldBe(SupportGrantEnd.Expired);
    }

    [Fact]
    public async Task Restart_GrantsThatExpiredMeanwhile_AreOverAtOnceAndLoggedOnce()
    {
        var silo = await SiloHost.StartAsync();
        var ((tenant, owner), staff) = (await silo.NewTenantAsync(), await silo.NewOperatorAsync());
        var grant = await silo.AskAsync(staff, tenant.Id, breakGlass: true);
        (await silo.UseAsync(staff, tenant.Id)).ShouldBe(Refusal.None);
        silo.Time.Advance(TimeSpan.FromMinutes(11));

        silo = await silo.RestartAsync();
        await using var _ = silo;

        (await silo.UseAsync(staff, tenant.Id)).ShouldBe(Refusal.NotFound);
        await silo.SweepAsync();
        await silo.SweepAsync();
        (await silo.LoggedEventsAsync(owner, grant)).Count(e => e.Action == AuditActions.SupportEnded).ShouldBe(1);
    }

    /// <summary>What a crash between log, row and state can leave, put there by hand.</summary>
    [Fact]
    public async Task Restart_AfterACrashInTheMiddle_EachDifferenceHasOneMeaning()
    {
        var silo = await SiloHost.StartAsync();
        var ((tenant, owner), staff) = (await silo.NewTenantAsync(), await silo.NewOperatorAsync());
        var ids = new List<SupportGrantId>();
        for (var i = 0; i < 4; i++) ids.Add(await silo.AskAsync(staff, tenant.Id));
        var rows = await silo.RowsAsync(tenant.Id);
        var table = silo.Service<SupportGrantTable>();
        var now = silo.Time.GetUtcNow();
        var (ended, approved, lost, kept) = (rows[ids[0]], rows[ids[1]], rows[ids[2]], rows[ids[3]]);
        await table.SaveAsync(ended with { State = SupportGrantState.Ended, EndReason = SupportGrantEnd.Declined, EndedBy = owner.UserId, EndedAt = now }, default);
        await table.SaveAsync(approved with { State = SupportGrantState.Active, ActivatedAt = now, ApprovedBy = owner.UserId, ExpiresAt = now.AddHours(1) }, default);
        await table.RemoveAsync(lost.Id, default);
        var stray = kept with { Id = PrefixedId.New<SupportGrantId>(silo.Time), State = SupportGrantState.Active, ActivatedAt = now, ExpiresAt = now.AddMinutes(10) };
        await table.SaveAsync(stray, default);

        silo = await silo.RestartAsync();
        await using var _ = silo;

        (await silo.UseAsync(staff, tenant.Id)).ShouldBe(Refusal.NotFound, "neither the approval nor the creation was ever answered");
        var mended = await silo.RowsAsync(tenant.Id);
        mended.Keys.ShouldBe(ids, ignoreOrder: true);
        mended[ended.Id].EndReason.ShouldBe(SupportGrantEnd.Declined);
        (mended[approved.Id], mended[lost.Id], mended[kept.Id]).ShouldBe((approved, lost, kept));
        (await silo.Grains.Support(tenant.Id).ApproveAsync(owner, ended.Id, default)).Refusal.ShouldBe(Refusal.NotFound);
        var last = (await silo.LoggedEventsAsync(owner, ended.Id))[^1];
        (last.Action, last.Reason, last.Actor.Id).ShouldBe((AuditActions.SupportEnded, "declined", owner.UserId.ToString()));
    }

    [Fact, Trait("Fault", "F7")]
    public async Task AnyChange_StorageFails_ClaimsNothing()
    {
        var storage = new FailingStorage();
        await using var silo = await SiloHost.StartAsync(storage.Put);
        var ((tenant, owner), staff) = (await silo.NewTenantAsync(), await silo.NewOperatorAsync());
        var other = await silo.NewOperatorAsync();
        var (active, waiting) = (await silo.AskAsync(staff, tenant.Id, breakGlass: true), await silo.AskAsync(other, tenant.Id));
        var grain = silo.Grains.Support(tenant.Id);

        foreach (var change in new Func<Task>[]
        {
            () => silo.TryAskAsync(other, tenant.Id, breakGlass: true),
            () => grain.ApproveAsync(owner, waiting, default),
        })
        {
            storage.Fail = true;
            await Should.ThrowAsync<StorageUnavailableException>(change);
            storage.Fail = false;
            (await silo.UseAsync(staff, tenant.Id)).ShouldBe(Refusal.None);
            (await silo.UseAsync(other, tenant.Id)).ShouldBe(Refusal.NotFound);
            (await silo.RowsAsync(tenant.Id)).Keys.ShouldBe([active, waiting], ignoreOrder: true);
        }

        storage.Fail = true;
        await Should.ThrowAsync<StorageUnavailableException>(() => grain.EndAsync(owner, active, default));
        storage.Fail = false;

        // The row has ended and says so; the log has the event again.
        (await silo.UseAsync(staff, tenant.Id)).ShouldBe(Refusal.NotFound);
        (await silo.LoggedEventsAsync(owner, active)).Where(e => e.Action == AuditActions.SupportEnded).Select(e => (e.Outcome, e.Reason)).ShouldBe(
            [(AuditOutcome.Success, "ended_by_tenant"), (AuditOutcome.Failure, "not_completed"), (AuditOutcome.Success, "ended_by_tenant")]);
        (await grain.EndAsync(owner, waiting, default)).Succeeded.ShouldBeTrue();
    }

    [Fact, Trait("Pace", "Slow")]
    public async Task Sweep_LogFailsOrItsAnswerIsLost_EndIsLoggedLater()
    {
        var database = new FaultyDatabase();
        await using var silo = await SiloHost.StartAsync(database.Put);
        var ((tenant, owner), staff) = (await silo.NewTenantAsync(), await silo.NewOperatorAsync());
        var grant = await silo.AskAsync(staff, tenant.Id, breakGlass: true);
        silo.Time.Advance(TimeSpan.FromMinutes(10));

        database.FailBefore = FaultyDatabase.AuditWrite;
        await silo.SweepAsync();
        (await silo.UseAsync(staff, tenant.Id)).ShouldBe(Refusal.NotFound, "the clock alone decides");
        (await silo.RowsAsync(tenant.Id))[grant].State.ShouldBe(SupportGrantState.Active);
        (database.FailBefore, database.FailAfter) = (null, FaultyDatabase.AuditWrite);
        await silo.SweepAsync();
        database.FailAfter = null;
        for (var i = 0; i < 2; i++) await silo.SweepAsync();

        (await silo.RowsAsync(tenant.Id))[grant].State.ShouldBe(SupportGrantState.Ended);
        (await silo.LoggedEventsAsync(owner, grant)).Where(e => e.Action == AuditActions.SupportEnded).Select(e => (e.Outcome, e.Reason)).ShouldBe(
            [(AuditOutcome.Success, "expired"), (AuditOutcome.Failure, "not_completed"), (AuditOutcome.Success, "expired")]);
    }

    /// <summary>Between entry and row the table failed, or the process died.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sweep_EndIsLoggedButNotWritten_IsNotLoggedAgain(bool restart)
    {
        var database = new FaultyDatabase();
        var silo = await SiloHost.StartAsync(database.Put);
        var ((tenant, owner), staff) = (await silo.NewTenantAsync(), await silo.NewOperatorAsync());
        var grant = await silo.AskAsync(staff, tenant.Id, breakGlass: true);
        silo.Time.Advance(TimeSpan.FromMinutes(10));
        database.FailBefore = new Operation("write", "support_grants");
        await silo.SweepAsync();
        await silo.SweepAsync();
        (await silo.RowsAsync(tenant.Id))[grant].State.ShouldBe(SupportGrantState.Active);

        database.FailBefore = null;
        if (restart) silo = await silo.RestartAsync();
        await using var _ = silo;
        await silo.SweepAsync();

        (await silo.RowsAsync(tenant.Id))[grant].EndReason.ShouldBe(SupportGrantEnd.Expired);
        (await silo.LoggedEventsAsync(owner, grant)).Count(e => e.Action == AuditActions.SupportEnded).ShouldBe(1);
    }

    [Fact]
    public async Task BreakGlass_ManagersCannotBeWrittenTo_IsNotGranted()
    {
        var database = new FaultyDatabase();
        await using var silo = await SiloHost.StartAsync(database.Put);
        var ((tenant, owner), staff) = (await silo.NewTenantAsync(), await silo.NewOperatorAsync());

        database.FailBefore = new Operation("write", "notification_outbox");
        await Should.ThrowAsync<StorageUnavailableException>(() => silo.TryAskAsync(staff, tenant.Id, breakGlass: true));

        (await silo.UseAsync(staff, tenant.Id)).ShouldBe(Refusal.NotFound);
        (await silo.Grains.Support(tenant.Id).ListAsync(owner, SupportSteps.All, default)).Value!.Items.ShouldBeEmpty();
        database.FailBefore = null;
        await silo.AskAsync(staff, tenant.Id, breakGlass: true);
        (await silo.UseAsync(staff, tenant.Id)).ShouldBe(Refusal.None);
    }

    [Fact, Trait("Threat", "T44")]
    public async Task EveryCall_ByActorsOfOtherTenants_IsNotFound()
    {
        await using var silo = await SiloHost.StartAsync();
        var ((tenant, owner), (_, stranger), staff) = (await silo.NewTenantAsync(), await silo.NewTenantAsync(), await silo.NewOperatorAsync());
        var (grain, grant) = (silo.Grains.Support(tenant.Id), await silo.AskAsync(staff, tenant.Id));

        foreach (var actor in new[] { stranger, stranger with { SupportGrant = grant }, staff with { Permissions = Permissions.Owner } })
        {
            (await silo.TryAskAsync(actor, tenant.Id)).Refusal.ShouldBe(Refusal.NotFound);
            (await grain.ApproveAsync(actor, grant, default)).Refusal.ShouldBe(Refusal.NotFound);
            (await grain.EndAsync(actor, grant, default)).Refusal.ShouldBe(Refusal.NotFound);
            (await grain.ListAsync(actor, SupportSteps.All, default)).Refusal.ShouldBe(Refusal.NotFound);
            (await silo.UseAsync(actor, tenant.Id)).ShouldBe(Refusal.NotFound);
        }

        // An id that is somebody else's already, with an operator who names it.
        var stolen = new NewSupportGrant { Id = grant, Reason = "r", Ticket = "t", Duration = TimeSpan.FromHours(1), BreakGlass = true };
        (await grain.AskAsync(await silo.NewOperatorAsync(), stolen, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await silo.Grains.Support(stranger.TenantId).AskAsync(staff, stolen, default)).Value.ShouldNotBeNull("the other tenant knows nothing of it");
        (await grain.ApproveAsync(owner, grant, default)).Value.ShouldNotBeNull().OperatorId.ShouldBe(staff.UserId);
    }
}
