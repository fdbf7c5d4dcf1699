using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Platform.Clocks;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Grains.Tests.Sessions;

public sealed class LiveSessionTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Hash = SHA256.HashData("secret"u8);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Absolute = TimeSpan.FromHours(24);

    private static readonly TenantPolicySnapshot Policy = TestPolicy.Of(Idle, Absolute);

    private readonly LiveSessions _board = new();
    private readonly LiveTenants _tenants = new();

    [Fact, Trait("Threat", "T38")]
    public void Peek_OneTickBeforeIdleTimeout_IsLiveAndExtendsNothing()
    {
        var session = Open();
        session.Peek(Hash, null, Start + Idle - TimeSpan.FromTicks(1)).ShouldBe(SessionState.Live);
        session.Peek(Hash, null, Start + Idle).ShouldBe(SessionState.Idle);
    }

    [Fact, Trait("Threat", "T38")]
    public void Touch_EachMinute_LivesUntilExactlyTheAbsoluteTimeout()
    {
        var session = Open();
        for (var now = Start; now < Start + Absolute; now += TimeSpan.FromMinutes(1)) session.Touch(Hash, null, now).ShouldBe(SessionState.Live);
        session.Touch(Hash, null, Start + Absolute - TimeSpan.FromTicks(1)).ShouldBe(SessionState.Live);
        session.Touch(Hash, null, Start + Absolute).ShouldBe(SessionState.Absolute);
    }

    [Fact, Trait("Threat", "T39")]
    public void Peek_ClockStepsBackAfterExpiry_StaysExpired()
    {
        var session = Open();
        session.Peek(Hash, null, Start + Idle).ShouldBe(SessionState.Idle);
        session.Peek(Hash, null, Start + TimeSpan.FromMinutes(1)).ShouldBe(SessionState.Idle);
        session.Touch(Hash, null, Start + TimeSpan.FromMinutes(1)).ShouldBe(SessionState.Idle);
    }

    [Fact]
    public void Touch_ClockStepsBack_KeepsTheLaterActivity()
    {
        var session = Open();
        session.Touch(Hash, null, Start + TimeSpan.FromMinutes(10)).ShouldBe(SessionState.Live);
        session.Touch(Hash, null, Start + TimeSpan.FromMinutes(5)).ShouldBe(SessionState.Live);
        session.ToView()!.LastActivityAt.ShouldBe(Start + TimeSpan.FromMinutes(10));
    }

    [Fact, Trait("Threat", "T88")]
    public void Peek_WrongSecret_IsUnknownAndChangesNothing()
    {
        var session = Open();
        session.Touch(SHA256.HashData("other"u8), null, Start + TimeSpan.FromMinutes(1)).ShouldBe(SessionState.Unknown);
        session.ToView()!.LastActivityAt.ShouldBe(Start);
        session.Peek([], null, Start).ShouldBe(SessionState.Unknown);
    }

    [Fact]
    public void End_Twice_KeepsTheFirstReason()
    {
        var session = Open();
        session.End(SessionState.SignedOut);
        session.End(SessionState.Revoked);
        session.Peek(Hash, null, Start).ShouldBe(SessionState.SignedOut);
        session.ToView().ShouldBeNull();
    }

    [Fact]
    public void Withdraw_Touched_SendsCallersToTheGrainAndHandsOverTheActivity()
    {
        var session = Open();
        session.Touch(Hash, null, Start + TimeSpan.FromMinutes(1));
        session.Withdraw().ShouldBe(Start + TimeSpan.FromMinutes(1));
        session.Peek(Hash, null, Start).ShouldBeNull();
        session.Touch(Hash, null, Start).ShouldBeNull();
        session.Withdraw().ShouldBeNull();
    }

    [Fact]
    public void Touch_ManyTimes_IsQueuedForSavingOnce()
    {
        var session = Open();
        for (var i = 1; i <= 10; i++) session.Touch(Hash, null, Start + TimeSpan.FromSeconds(i));
        _board.Unsaved.Count.ShouldBe(1);
        session.TakeUnsaved().ShouldBe(Start + TimeSpan.FromSeconds(10));
        session.TakeUnsaved().ShouldBeNull();
        _board.Unsaved.Clear();
        session.Touch(Hash, null, Start + TimeSpan.FromSeconds(11));
        _board.Unsaved.Count.ShouldBe(1);
    }

    [Fact]
    public void PeekAndTouch_LiveSession_AllocateNothing()
    {
        var session = Open();
        session.Touch(Hash, null, Start + TimeSpan.FromSeconds(1));
        session.Peek(Hash, null, Start);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            session.Peek(Hash, null, Start);
            session.Touch(Hash, null, Start + TimeSpan.FromMilliseconds(2000 + i));
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    /// <summary>Against a plain model of the two rules: whatever the order of peeks, touches, ends and clock moves, both give the same answers.</summary>
    [Fact, Trait("Threat", "T38")]
    public void AnySequence_ComparedWithTheRules_Agrees()
    {
        var step = Gen.Choose(0, 9).SelectMany(kind => Gen.Choose(0, 40 * 60).Select(seconds => (kind, seconds)));
        Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            var session = Open();
            var now = Start;
            var last = Start;
            SessionState? over = null;
            foreach (var (kind, seconds) in steps)
            {
                now = kind == 9 ? now - TimeSpan.FromSeconds(seconds) : now + TimeSpan.FromSeconds(seconds);
                over ??= now >= Start + Absolute ? SessionState.Absolute : now - last >= Idle ? SessionState.Idle : null;
                var actual = kind >= 5 ? session.Touch(Hash, null, now) : session.Peek(Hash, null, now);

                // Corrected by more than nodes may differ: the grain makes another record.
                if (over is null && last - now > StoredTime.Allowance) return actual is null;
                if (kind >= 5 && over is null && now > last) last = now;
                if (actual != (over ?? SessionState.Live)) return false;
                if (kind != 0 || seconds % 7 != 0) continue;
                session.End(SessionState.Revoked);
                over ??= SessionState.Revoked;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact, Trait("Threat", "T31")]
    public async Task End_WhileManyTouch_NothingIsAcceptedAfterIt()
    {
        for (var round = 0; round < 200; round++)
        {
            var session = Open();
            var ended = 0;
            var stale = 0;
            var started = new Barrier(3);
            Task Validate() => Task.Run(() =>
            {
                started.SignalAndWait();
                for (var i = 1; i < 5000; i++)
                {
                    var afterEnd = Volatile.Read(ref ended) == 1;
                    if (session.Touch(Hash, null, Start + TimeSpan.FromTicks(i)) == SessionState.Live && afterEnd) Interlocked.Increment(ref stale);
                    if (afterEnd) return;
                }
            });
            var validating = new[] { Validate(), Validate() };
            started.SignalAndWait();
            session.End(SessionState.SignedOut);
            Volatile.Write(ref ended, 1);
            await Task.WhenAll(validating);
            stale.ShouldBe(0);
        }
    }

    private LiveSession Open(SessionSubject? subject = null)
    {
        var origin = new StoredSession { SecretHash = [.. Hash], AbsoluteTimeout = Absolute, CreatedAt = Start, AuthenticationMethods = ["pwd"] };
        var session = new LiveSession(_board, _tenants.Publish(default, Policy), SessionId.From(Guid.CreateVersion7(Start)), origin, subject ?? new SessionSubject("alice", Permissions.Read), Start);
        _board.Publish(session);
        return session;
    }
}
