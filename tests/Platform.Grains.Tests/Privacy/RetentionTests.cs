using System.Globalization;
using Platform.Audit;
using Platform.Grains.Tests.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Grains.Tests.Privacy;

public sealed class RetentionTests
{
    private static ManualTimeProvider LongAgo => new(TimeProvider.System.GetUtcNow().AddDays(-400), realTimers: true);

    [Fact, Trait("Threat", "T73")]
    public async Task Apply_OldEvents_LeaveFromTheFrontUpToACheckpointAndTheRestVerifies()
    {
        await using var silo = await SiloHost.StartAsync(LongAgo);
        var (_, owner) = await silo.NewTenantAsync();
        var log = new AuditSample(silo, owner.TenantId);
        await log.AppendAsync(2_500);
        var before = (await log.ReadAllAsync()).Count;
        await silo.Service<RetentionWorker>().ApplyAsync(default);
        (await log.ReadAllAsync()).Count.ShouldBe(before, "nothing is old yet");

        silo.Time.Advance(TimeSpan.FromDays(399));
        await log.AppendAsync(5);
        await silo.Service<RetentionWorker>().ApplyAsync(default);

        var left = await log.ReadAllAsync();
        var verified = await log.VerifyAsync();
        verified.FirstInvalid.ShouldBeNull();
        var anchor = verified.Anchor.ShouldNotBeNull();
        anchor.Sequence.ShouldBeGreaterThanOrEqualTo(2_000);
        left[0].Sequence.ShouldBe(anchor.Sequence + 1);
        left[0].PreviousHash.ShouldBe(anchor.Hash);
        verified.Checked.ShouldBe(left.Count);
        var told = left.Where(e => e.Action == AuditActions.AuditTrimmed).ShouldHaveSingleItem();
        (told.Actor.Type, told.Target.Id).ShouldBe((AuditParties.System, owner.TenantId.ToString()));
        told.Changes.ShouldHaveSingleItem().After.ShouldBe(anchor.Sequence.ToString(CultureInfo.InvariantCulture));
        await silo.Service<RetentionWorker>().ApplyAsync(default);
        (await log.ReadAllAsync()).Count.ShouldBe(left.Count, "there is nothing more to drop today");

        // Beginning anew after a restart, and going on with the same numbers.
        await log.AppendAsync(3);
        (await log.VerifyAsync()).FirstInvalid.ShouldBeNull();
    }

    /// <summary>The retention path is the only door, and a narrow one.</summary>
    [Fact, Trait("Threat", "T73")]
    public async Task Delete_ByAnyOtherWay_IsRefusedByTheDatabase()
    {
        await using var silo = await SiloHost.StartAsync(LongAgo);
        var (_, owner) = await silo.NewTenantAsync();
        var log = new AuditSample(silo, owner.TenantId);
        await log.AppendAsync(1_200);
        silo.Time.Advance(TimeSpan.FromDays(390));
        await log.AppendAsync(1_000);
        var events = silo.Service<AuditEventTable>();
        var checkpoints = await events.ReadCheckpointsAsync(owner.TenantId, 0, 10, default);
        var (old, young) = (checkpoints[0], checkpoints[^1]);
        old.Sequence.ShouldBeLessThan(1_300);
        young.Sequence.ShouldBeGreaterThan(1_300);
        var count = (await log.ReadAllAsync()).Count;

        await RefusedAsync("DELETE FROM audit_events WHERE tenant_id = @tenant AND sequence = 1");
        await RefusedAsync("DELETE FROM audit_events WHERE tenant_id = @tenant");
        await RefusedAsync("UPDATE audit_events SET reason = 'x' WHERE tenant_id = @tenant");
        await RefusedAsync("INSERT INTO audit_trims (tenant_id, sequence, hash, trimmed_at) SELECT tenant_id, sequence, hash, 0 FROM audit_events WHERE tenant_id = @tenant AND sequence = 17");
        await RefusedAsync($"INSERT INTO audit_trims (tenant_id, sequence, hash, trimmed_at) SELECT tenant_id, {old.Sequence}, hash, 0 FROM audit_events WHERE tenant_id = @tenant AND sequence = 17");
        await Should.ThrowAsync<Exception>(() => events.TrimAsync(young, silo.Time.GetUtcNow(), default));
        (await log.ReadAllAsync()).Count.ShouldBe(count);

        await events.TrimAsync(old, silo.Time.GetUtcNow(), default);

        (await log.ReadAllAsync())[0].Sequence.ShouldBe(old.Sequence + 1);
        await RefusedAsync("DELETE FROM audit_trims WHERE tenant_id = @tenant");
        await RefusedAsync("UPDATE audit_trims SET sequence = sequence + 500 WHERE tenant_id = @tenant");
        await RefusedAsync("DELETE FROM audit_events WHERE tenant_id = @tenant");
        (await log.VerifyAsync()).FirstInvalid.ShouldBeNull();

        Task RefusedAsync(string sql) => Should.ThrowAsync<Exception>(() => log.SqlAsync(sql));
    }

    /// <summary>Whoever takes the triggers away and cuts the front: it shows, whatever is written as the anchor.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Threat", "T73")]
    public async Task Verify_FrontCutByHand_IsFound(bool atACheckpoint)
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var log = new AuditSample(silo, owner.TenantId);
        await log.AppendAsync(1_200);
        var checkpoint = (await silo.Service<AuditEventTable>().ReadCheckpointsAsync(owner.TenantId, 0, 1, default)).ShouldHaveSingleItem();
        await log.UnlockAsync();
        var cut = atACheckpoint ? checkpoint.Sequence : 100;
        await log.SqlAsync("INSERT INTO audit_trims (tenant_id, sequence, hash, trimmed_at) SELECT tenant_id, sequence, hash, 0 FROM audit_events WHERE tenant_id = @tenant AND sequence = @cut", ("@cut", cut));
        await log.SqlAsync("DELETE FROM audit_events WHERE tenant_id = @tenant AND sequence <= @cut", ("@cut", cut));

        (await log.VerifyAsync()).FirstInvalid.ShouldBe(cut, atACheckpoint ? "the checkpoint is too young to be the end of a retention" : "no checkpoint lies there");
    }

    [Fact]
    public async Task Apply_EndedSessions_StayAsLongAsTheirTenantSays()
    {
        await using var silo = await SiloHost.StartAsync();
        var (standard, long30, short1) = (await EndedAsync(null), await EndedAsync(30), await EndedAsync(1));

        silo.Time.Advance(TimeSpan.FromHours(24.5));
        (await CountAsync()).ShouldBe((1, 1, 1), "tombstones outlive every token");
        silo.Time.Advance(TimeSpan.FromHours(1));
        (await CountAsync()).ShouldBe((1, 1, 0));
        silo.Time.Advance(TimeSpan.FromDays(7));
        (await CountAsync()).ShouldBe((0, 1, 0));
        silo.Time.Advance(TimeSpan.FromDays(30));
        (await CountAsync()).ShouldBe((0, 0, 0));

        async Task<SessionView> EndedAsync(int? days)
        {
            var (tenant, owner) = await silo.NewTenantAsync();
            if (days is { } kept)
            {
                var change = new TenantChange { Retention = new TenantRetentionChange { EndedSessions = TimeSpan.FromDays(kept) } };
                (await silo.Grains.Tenant(tenant.Id).ChangeAsync(owner, change, default)).Value!.Retention.EndedSessions.ShouldBe(TimeSpan.FromDays(kept));
            }

            await silo.NewUserAsync(owner, "bob");
            var (session, hash) = await silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword);
            await silo.Grains.Session(session!.Id).SignOutAsync(hash, null, default);
            return session;
        }

        async Task<(int, int, int)> CountAsync()
        {
            await silo.Service<RetentionWorker>().ApplyAsync(default);
            return (await OneAsync(standard), await OneAsync(long30), await OneAsync(short1));
        }

        async Task<int> OneAsync(SessionView session) =>
            (await silo.Service<SessionTable>().ListAsync(session.TenantId, session.UserId, new PageRequest(10, null), default)).Items.Length;
    }
}
