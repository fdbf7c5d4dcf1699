using FsCheck;
using FsCheck.Fluent;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Support;

namespace Platform.Grains.Tests.Support;

/// <summary>Any order of asking, approving, declining, ending, expiring and reading, by several people, against a model of what may come of it.</summary>
public sealed class SupportModelTests(CheapHashFixture fixture) : IClassFixture<CheapHashFixture>
{
    private enum Act
    {
        Ask,
        BreakGlass,
        Waive,
        Approve,
        ApproveByOperator,
        EndByTenant,
        EndByOperator,
        EndByColleague,
        Use,
        Wait,
        WaitLong,
        WaitADay,
        ClockBack,
        Sweep,
    }

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T40"), Trait("Pace", "Slow")]
    public void AnySequence_LetsReadExactlyWhoHoldsAnActiveGrantAndLogsEachLifeInOrder()
    {
        var acts = Gen.Frequency(
            (6, Gen.Constant(Act.Ask)), (3, Gen.Constant(Act.BreakGlass)), (1, Gen.Constant(Act.Waive)), (6, Gen.Constant(Act.Approve)), (1, Gen.Constant(Act.ApproveByOperator)),
            (2, Gen.Constant(Act.EndByTenant)), (2, Gen.Constant(Act.EndByOperator)), (1, Gen.Constant(Act.EndByColleague)), (8, Gen.Constant(Act.Use)), (3, Gen.Constant(Act.Wait)),
            (2, Gen.Constant(Act.WaitLong)), (1, Gen.Constant(Act.WaitADay)), (1, Gen.Constant(Act.ClockBack)), (2, Gen.Constant(Act.Sweep)));
        var steps = Gen.ListOf(Gen.Zip(acts, Gen.Choose(0, 99)));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(25).WithStartSize(10).WithEndSize(80),
            Prop.ForAll(Arb.From(steps), sequence => Task.Run(() => RunAsync([.. sequence])).GetAwaiter().GetResult()));
    }

    private async Task RunAsync(IReadOnlyList<(Act Act, int Pick)> steps)
    {
        var silo = fixture.Silo;
        var (tenant, owner) = await silo.NewTenantAsync();
        var run = new Run(silo, tenant.Id, owner, [await silo.NewOperatorAsync(), await silo.NewOperatorAsync()]);
        foreach (var (act, pick) in steps) await run.StepAsync(act, pick);
        await run.FinishAsync();
    }

    private sealed record Known(SupportGrantId Id, int Operator, bool Active, DateTimeOffset ExpiresAt, SupportGrantEnd? End)
    {
        public int Uses { get; init; }
    }

    private sealed class Run(SiloHost silo, TenantId tenant, Actor owner, Actor[] operators)
    {
        private readonly List<Known> _model = [];
        private bool _waived;
        private DateTimeOffset _latest;

        private ISupportGrain Grain => silo.Grains.Support(tenant);

        public async Task StepAsync(Act act, int pick)
        {
            var who = pick % operators.Length;
            var at = _model.Count == 0 ? -1 : pick % _model.Count;
            switch (act)
            {
                case Act.Ask or Act.BreakGlass:
                    await AskAsync(who, act == Act.BreakGlass, TimeSpan.FromMinutes(1 + (pick % 30)));
                    break;
                case Act.Waive:
                    _waived = !_waived;
                    (await silo.Grains.Tenant(tenant).ChangeAsync(owner, new() { SupportApproval = !_waived }, default)).Value.ShouldNotBeNull();
                    break;
                case Act.Use:
                    await UseAsync(who);
                    break;
                case Act.Wait or Act.WaitLong or Act.WaitADay:
                    silo.Time.Advance(TimeSpan.FromSeconds(act == Act.Wait ? 20 : act == Act.WaitLong ? 600 : 86_400) + TimeSpan.FromTicks(pick % 3));
                    break;
                case Act.ClockBack:
                    // Somebody has just looked: what was over then stays over.
                    await UseAsync(who);
                    silo.Time.StepBack(TimeSpan.FromSeconds(pick));
                    break;
                case Act.Sweep:
                    await silo.SweepAsync();
                    break;
                case var _ when at >= 0:
                    await ChangeAsync(act, at);
                    break;
            }
        }

        /// <summary>The table and the log tell what the model knows, after the last of them has run out.</summary>
        public async Task FinishAsync()
        {
            silo.Time.Advance(TimeSpan.FromDays(2));
            await silo.SweepAsync();
            var rows = await silo.RowsAsync(tenant);
            rows.Count.ShouldBe(_model.Count);
            foreach (var known in _model)
            {
                (rows[known.Id].State, rows[known.Id].EndReason).ShouldBe((SupportGrantState.Ended, known.End ?? SupportGrantEnd.Expired));
                var events = (await silo.LoggedEventsAsync(owner, known.Id)).Select(e => e.Action).ToList();
                events[0].ShouldBe(AuditActions.SupportGranted);
                events[^1].ShouldBe(AuditActions.SupportEnded);
                events.Count(action => action == AuditActions.SupportUsed).ShouldBe(known.Uses);
                events.Count(action => action == AuditActions.SupportEnded).ShouldBe(1);
                events.SkipWhile(action => action is AuditActions.SupportGranted or AuditActions.SupportApproved).SkipLast(1).ShouldAllBe(action => action == AuditActions.SupportUsed);
            }
        }

        private async Task AskAsync(int who, bool breakGlass, TimeSpan duration)
        {
            var now = Now();
            var outcome = await silo.TryAskAsync(operators[who], tenant, breakGlass, duration);
            if (_model.Count(known => IsOpen(known, now)) >= 20)
            {
                outcome.Refusal.ShouldBe(Refusal.TooManySupportGrants);
                return;
            }

            var made = outcome.Value.ShouldNotBeNull();
            var active = breakGlass || _waived;
            made.State.ShouldBe(active ? SupportGrantState.Active : SupportGrantState.Requested);
            made.ExpiresAt.ShouldBe(now + (active ? duration : TimeSpan.FromHours(24)));
            _model.Add(new Known(made.Id, who, active, made.ExpiresAt, null));
        }

        private async Task UseAsync(int who)
        {
            var now = Now();
            var best = _model.Where(known => known.Operator == who && known.Active && IsOpen(known, now)).MaxBy(known => (known.ExpiresAt, known.Id.Value));
            (await silo.UseAsync(operators[who], tenant)).ShouldBe(best is null ? Refusal.NotFound : Refusal.None);
            if (best is not null) Put(best with { Uses = best.Uses + 1 });
        }

        private async Task ChangeAsync(Act act, int at)
        {
            var now = Now();
            var known = _model[at];
            var open = IsOpen(known, now);
            var self = operators[known.Operator];
            switch (act)
            {
                case Act.Approve:
                    var approved = await Grain.ApproveAsync(owner, known.Id, default);
                    approved.Refusal.ShouldBe(open ? Refusal.None : Refusal.NotFound);
                    if (open && !known.Active) Put(known with { Active = true, ExpiresAt = now + approved.Value!.Duration });
                    if (open) approved.Value!.ExpiresAt.ShouldBe(_model[at].ExpiresAt);
                    break;
                case Act.ApproveByOperator:
                    (await Grain.ApproveAsync(self, known.Id, default)).Refusal.ShouldBe(Refusal.NotFound);
                    break;
                case Act.EndByTenant:
                    (await Grain.EndAsync(owner, known.Id, default)).Refusal.ShouldBe(open ? Refusal.None : Refusal.NotFound);
                    if (open) Put(known with { End = known.Active ? SupportGrantEnd.EndedByTenant : SupportGrantEnd.Declined });
                    break;
                case Act.EndByOperator:
                    (await Grain.EndAsync(self, known.Id, default)).Refusal.ShouldBe(open ? Refusal.None : Refusal.NotFound);
                    if (open) Put(known with { End = SupportGrantEnd.EndedByOperator });
                    break;
                case Act.EndByColleague:
                    (await Grain.EndAsync(operators[1 - known.Operator], known.Id, default)).Refusal.ShouldBe(Refusal.NotFound);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(act), act, null);
            }
        }

        private void Put(Known known) => _model[_model.FindIndex(one => one.Id == known.Id)] = known;

        private static bool IsOpen(Known known, DateTimeOffset now) => known.End is null && now < known.ExpiresAt;

        /// <summary>The tenant's time never goes back.</summary>
        private DateTimeOffset Now()
        {
            var now = silo.Time.GetUtcNow();
            return _latest = now > _latest ? now : _latest;
        }
    }
}
