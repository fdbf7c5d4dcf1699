using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Security;
using Platform.Storage;
using Platform.Storage.Sqlite;

namespace Platform.Grains.Tests.Audit;

public sealed class AuditLogGrainTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private readonly AuditSample _log = new(fixture.Silo);

    [Fact]
    public async Task Append_ThenRead_IsTheSame()
    {
        var user = PrefixedId.New<UserId>(TimeProvider.System);
        var before = fixture.Silo.Time.GetUtcNow();
        await _log.AppendAsync(_log.Entry(1, user));

        var found = (await _log.ReadAllAsync()).ShouldHaveSingleItem();

        found.Sequence.ShouldBe(1);
        AuditEventId.TryParse(found.Id, out _).ShouldBeTrue();
        found.Time.ShouldBeInRange(before, fixture.Silo.Time.GetUtcNow());
        found.Time.Offset.ShouldBe(TimeSpan.Zero);
        found.Actor.ShouldBe(new AuditParty("user", _log.Manager.UserId.ToString(), "ana"));
        found.Target.ShouldBe(new AuditParty("user", user.ToString(), "user1"));
        (found.Action, found.Outcome, found.Reason).ShouldBe(("user.created", AuditOutcome.Success, "because"));
        (found.Ip, found.UserAgent, found.TraceId).ShouldBe((AuditSample.Client.Ip, AuditSample.Client.UserAgent, AuditSample.Client.TraceId));
        found.SessionId.ShouldBe(_log.Manager.SessionId.ToString());
        found.Changes.ShouldBe([new AuditChange("/email", "\"1@example.com\"", "\"new@example.com\"")]);
        found.PreviousHash.ShouldBe(AuditChainEntry.Genesis.ToArray());
    }

    [Fact]
    public async Task Append_AThousandAtOnce_NoHolesAndFewCommits()
    {
        var commits = (fixture.Silo.Service<IDatabase>() as SqliteDatabase)?.Commits;

        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => _log.AppendAsync(_log.Entry(i))));

        var all = await _log.ReadAllAsync();
        all.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, 1_000).Select(i => (long)i));
        all.Select(e => e.Id).ShouldBeUnique();
        all.Skip(1).Zip(all).ShouldAllBe(pair => pair.First.PreviousHash.SequenceEqual(pair.Second.Hash));
        await _log.ShouldBeGoodAsync(1_000);
        // Reading the log creates none; what is written beside it by the host is little.
        if (commits is { } earlier) (((SqliteDatabase)fixture.Silo.Service<IDatabase>()).Commits - earlier).ShouldBeLessThan(200);
    }

    /// <summary>Another activation, elsewhere, has taken the next number: its event stays, ours follows.</summary>
    [Fact, Trait("Fault", "F15")]
    public async Task Append_AnotherActivationWasFirst_ChainDoesNotFork()
    {
        await _log.AppendAsync(5);
        await AppendBehindAsync();

        await _log.AppendAsync(_log.Entry(7));

        (await _log.ReadAllAsync()).Select(e => e.Target.Name).ShouldBe(["user0", "user1", "user2", "user3", "user4", "user6", "user7"]);
        await _log.ShouldBeGoodAsync(7);
    }

    [Fact, Trait("Threat", "T75")]
    public async Task Append_HostileTexts_AreBoundedAndHarmless()
    {
        var entry = _log.Entry(1);
        await _log.AppendAsync(entry with
        {
            Actor = entry.Actor with { Name = new string('x', 10_000) },
            Client = AuditSample.Client with { UserAgent = "a\r\nb\u001b[31m=HYPERLINK(\"x\")\ud800" },
            Changes = [new AuditChange("/content", null, CanonicalJson.Text(new string('y', 50_000)))],
        });

        var found = (await _log.ReadAllAsync()).ShouldHaveSingleItem();

        found.Actor.Name!.Length.ShouldBe(256);
        found.UserAgent.ShouldBe("a\r\nb\u001b[31m=HYPERLINK(\"x\")\ufffd");
        found.Changes.ShouldHaveSingleItem().After.ShouldStartWith("{\"length\":50002,\"sha256\":\"");
        await _log.ShouldBeGoodAsync(1);
    }

    /// <summary>The user's key is destroyed: names, address and changes are gone for ever, and the log still verifies.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task Verify_AfterErasure_StillHoldsAndNobodyCanReadTheUser()
    {
        var user = PrefixedId.New<UserId>(TimeProvider.System);
        await _log.AppendAsync(_log.Entry(1, user), _log.Entry(2));
        await fixture.Silo.Service<DataKeys>().DestroyAsync(user.ToString(), default);

        await _log.AppendAsync(_log.Entry(3, user));

        var all = await _log.ReadAllAsync();
        all.Select(e => e.Target.Name).ShouldBe([null, "user2", null]);
        all[0].Changes.ShouldBeEmpty();
        all[0].TargetProof.Salt.ShouldBeNull();
        all[0].Target.Id.ShouldBe(user.ToString());
        var state = await _log.VerifyAsync();
        (state.FirstInvalid, state.Checked, state.Erased).ShouldBe((null, 3, 2));
    }

    [Fact]
    public async Task List_NewestFirstWithFilters_IsExact()
    {
        var user = PrefixedId.New<UserId>(TimeProvider.System);
        for (var i = 0; i < 30; i++)
        {
            await _log.AppendAsync(_log.Entry(i, i % 7 == 0 ? user : null));
            fixture.Silo.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var all = await _log.ReadAllAsync();
        await CheckAsync(AuditFilter.All, _ => true);
        await CheckAsync(new AuditFilter { Action = AuditActions.UserUpdated }, e => e.Action == "user.updated");
        await CheckAsync(new AuditFilter { Target = user.ToString() }, e => e.Target.Id == user.ToString());
        await CheckAsync(new AuditFilter { Actor = _log.Manager.UserId.ToString(), Outcome = AuditOutcome.Failure }, e => e.Outcome == AuditOutcome.Failure);
        await CheckAsync(new AuditFilter { Actor = "usr_nobody" }, _ => false);
        await CheckAsync(new AuditFilter { From = all[10].Time, To = all[20].Time }, e => e.Sequence is >= 11 and <= 20);
        await CheckAsync(
            new AuditFilter { From = all[3].Time, Target = user.ToString(), Action = AuditActions.UserCreated, Outcome = AuditOutcome.Success, Actor = _log.Manager.UserId.ToString() },
            e => e.Sequence > 3 && e.Target.Id == user.ToString() && e.Action == "user.created" && e.Outcome == AuditOutcome.Success);

        async Task CheckAsync(AuditFilter filter, Func<AuditEvent, bool> matches)
        {
            var expected = all.Where(matches).Select(e => e.Sequence).ToList();
            (await _log.ReadAllAsync(filter)).Select(e => e.Sequence).ShouldBe(expected);
            var listed = new List<long>();
            string? after = null;
            do
            {
                var page = (await fixture.Silo.Grains.AuditReader().ListAsync(_log.Manager, _log.Tenant, filter, new PageRequest(4, after), default)).Value.ShouldNotBeNull();
                page.Items.Length.ShouldBeLessThanOrEqualTo(4);
                listed.AddRange(page.Items.Select(e => e.Sequence));
                after = page.Next;
            }
            while (after is not null);
            listed.ShouldBe(Enumerable.Reverse(expected));
        }
    }

    [Fact]
    public async Task Read_OthersThanManagersOfTheTenant_AreRefused()
    {
        var reader = fixture.Silo.Grains.AuditReader();
        var stranger = new AuditSample(fixture.Silo).Manager;
        var member = _log.Manager with { Permissions = Permissions.Read | Permissions.Edit | Permissions.Collaborate };
        foreach (var (actor, refusal) in new[] { (stranger, Refusal.NotFound), (SiloHost.OperatorActor, Refusal.NotFound), (member, Refusal.Forbidden) })
        {
            (await reader.ListAsync(actor, _log.Tenant, AuditFilter.All, new PageRequest(1, null), default)).Refusal.ShouldBe(refusal);
            (await reader.ReadAsync(actor, _log.Tenant, AuditFilter.All, null, default)).Refusal.ShouldBe(refusal);
            (await reader.VerifyAsync(actor, _log.Tenant, null, default)).Refusal.ShouldBe(refusal);
            (await reader.ListCheckpointsAsync(actor, _log.Tenant, new PageRequest(1, null), default)).Refusal.ShouldBe(refusal);
        }
    }

    [Fact]
    public async Task Checkpoints_AfterAYear_AreSignedByANewKeyAndOldOnesStillHold()
    {
        // Orleans schedules by the machine's clock too, so the silo's may not be ahead of it.
        var first = await SiloHost.StartAsync(new ManualTimeProvider(ManualTimeProvider.DefaultStart.AddYears(-2), realTimers: true));
        var log = new AuditSample(first);
        await log.AppendAsync(3);
        await using var second = await first.RestartAsync(TimeSpan.FromDays(366));
        log = new AuditSample(second, log.Tenant);
        await log.AppendAsync(1_000);

        var found = (await second.Grains.AuditReader().ListCheckpointsAsync(log.Manager, log.Tenant, new PageRequest(10, null), default)).Value.ShouldNotBeNull();
        found.Page.Items.Select(checkpoint => checkpoint.KeyId).ShouldBe(found.Keys.Select(key => key.KeyId));
        found.Keys.Length.ShouldBe(2);
        await log.ShouldBeGoodAsync(1_003);
    }

    /// <summary>A row written by somebody else, well-formed, after the last one.</summary>
    private async Task AppendBehindAsync()
    {
        var events = fixture.Silo.Service<AuditEventTable>();
        var rows = await fixture.Silo.Service<AuditSealer>().SealAsync(_log.Tenant, await events.FindHeadAsync(_log.Tenant, default), [_log.Entry(6)], default);
        await events.AppendAsync(rows, checkpoint: null, default);
    }
}
