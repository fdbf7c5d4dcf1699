using Platform.Audit;
using Platform.Cluster;
using Platform.Grains.Tests.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Privacy;
using Platform.Security;
using Platform.Storage;

namespace Platform.Grains.Tests.Privacy;

public sealed class ErasureGrainTests
{
    /// <summary>The key cannot be destroyed at first: nothing is certified, nobody comes back, and it is done by itself later, also after a restart.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Threat", "T52")]
    public async Task Erase_OutageBeforeTheKey_GoesOnByItself(bool restart)
    {
        var failing = new FaultyDatabase();
        await using var first = await SiloHost.StartAsync(failing.Put);
        var (tenant, owner) = await first.NewTenantAsync();
        var user = await first.NewUserAsync(owner, "bob");
        var (session, hash) = await first.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword);
        failing.FailBefore = new Operation("write", "data_keys");

        var begun = (await first.Grains.Erasure(user.Id).RequestAsync(owner, default)).Value.ShouldNotBeNull();

        begun.IsComplete.ShouldBeFalse();
        begun.Signature.ShouldBeNull();
        (await first.PeekAsync(session!.Id, hash)).ShouldNotBe(Platform.Sessions.SessionState.Live);
        (await first.Grains.User(user.Id).GetAsync(owner, default)).Refusal.ShouldBe(Refusal.NotFound);
        await first.Service<ErasureWorker>().ResumeAsync(default);
        (await first.Grains.Privacy().GetErasureAsync(owner, begun.Id, default)).Value!.IsComplete.ShouldBeFalse("it still fails");

        failing.FailBefore = null;
        var now = restart ? await first.RestartAsync() : first;
        await now.Service<ErasureWorker>().ResumeAsync(default);

        var done = (await now.Grains.Privacy().GetErasureAsync(owner, begun.Id, default)).Value.ShouldNotBeNull();
        done.CompletedAt.ShouldNotBeNull();
        done.What.ShouldBe(ErasedParts.All);
        var log = new AuditSample(now, owner.TenantId);
        (await log.VerifyAsync()).FirstInvalid.ShouldBeNull();
        (await log.ReadAllAsync()).Count(e => e.Action == AuditActions.UserErased).ShouldBe(1, "told once");
        if (restart) await now.DisposeAsync();
    }

    [Fact]
    public async Task Erase_LogCannotBeWritten_NothingIsBegun()
    {
        var failing = new FaultyDatabase();
        await using var silo = await SiloHost.StartAsync(failing.Put);
        var (tenant, owner) = await silo.NewTenantAsync();
        var user = await silo.NewUserAsync(owner, "bob");
        failing.FailBefore = FaultyDatabase.AuditWrite;

        await Should.ThrowAsync<StorageUnavailableException>(() => silo.Grains.Erasure(user.Id).RequestAsync(owner, default));

        failing.FailBefore = null;
        (await silo.Grains.User(user.Id).GetAsync(owner, default)).Value.ShouldNotBeNull();
        (await silo.SignInAsync(tenant.Slug, "bob", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
        (await silo.Grains.Privacy().ListErasuresAsync(owner, new(10, null), default)).Value!.Items.ShouldBeEmpty();
    }

    /// <summary>Many managers at once: one erasure, one certificate.</summary>
    [Fact]
    public async Task Erase_ManyTimesAtOnce_IsOneErasure()
    {
        await using var silo = await SiloHost.StartAsync();
        var (_, owner) = await silo.NewTenantAsync();
        var user = await silo.NewUserAsync(owner, "bob");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => silo.Grains.Erasure(user.Id).RequestAsync(owner, default)));

        answers.Select(a => a.Value!.Id).Distinct().ShouldHaveSingleItem();
        answers.ShouldAllBe(a => a.Value!.IsComplete);
        (await new AuditSample(silo, owner.TenantId).ReadAllAsync()).Count(e => e.Action == AuditActions.UserErased).ShouldBe(1);
    }

    /// <summary>The last two managers erase each other at once: one stays.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task Erase_LastManagersAtOnce_OneStays()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        var second = await silo.NewUserAsync(owner, "second", Permissions.Owner);
        var (session, _) = await silo.SignInAsync(tenant.Slug, "second", SiloHost.OwnerPassword);

        var answers = await Task.WhenAll(
            silo.Grains.Erasure(second.Id).RequestAsync(owner, default), silo.Grains.Erasure(owner.UserId).RequestAsync(SiloHost.ActorOf(session!), default));

        answers.Count(a => a.Value is not null).ShouldBe(1);

        // The other was the last by then, or was asked for by somebody who was erased already, whose proof counts no longer.
        answers.Single(a => a.Value is null).Refusal.ShouldBeOneOf(Refusal.LastManager, Refusal.ReauthenticationRequired);
    }

    /// <summary>A key that is read while it is destroyed is not believed afterwards.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task DataKeys_DestroyedWhileTheyAreRead_AreNotBelieved()
    {
        var (database, gate) = (new FaultyDatabase(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var silo = await SiloHost.StartAsync(database.Put);
        var subject = PrefixedId.New<UserId>(silo.Time).ToString();
        await silo.Service<DataKeys>().EnsureAsync([subject], [], default);
        var keys = new DataKeys(new DataKeyTable(database), silo.Service<MasterKey>(), silo.Time, NullClusterBroadcast.Instance);

        database.AnswersWait = new(new Operation("query", "data_keys"), gate.Task);
        var reading = keys.FindAsync([subject], default).AsTask();
        database.AnswersWait = null;
        await keys.DestroyAsync(subject, default);
        gate.SetResult();

        (await reading)[subject].ShouldBeNull();
        (await keys.FindAsync([subject], default))[subject].ShouldBeNull();
        (await keys.EnsureAsync([subject], [], default))[subject].ShouldBeNull("nothing is sealed for it again");
    }
}
