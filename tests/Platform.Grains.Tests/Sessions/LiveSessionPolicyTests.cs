using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Platform.Sessions;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.Sessions;

/// <summary>A live session is judged by what its tenant says now, whenever it was opened (threat T40).</summary>
public sealed class LiveSessionPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Hash = SHA256.HashData("secret"u8);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Absolute = TimeSpan.FromHours(24);

    private readonly LiveTenants _tenants = new();

    [Fact, Trait("Threat", "T40")]
    public void Policy_ShorterIdle_HoldsForTheNextCheck()
    {
        var session = Open();
        Change(snapshot => snapshot with { Policy = new SessionPolicy(TimeSpan.FromMinutes(5), Absolute) });
        session.ToView()!.IdleExpiresAt.ShouldBe(Start + TimeSpan.FromMinutes(5));
        session.Peek(Hash, null, Start + TimeSpan.FromMinutes(5)).ShouldBe(SessionState.Idle);
    }

    [Fact, Trait("Threat", "T40")]
    public void Policy_LongerIdle_HoldsUpToTheAbsoluteEnd()
    {
        var session = Open();
        Change(snapshot => snapshot with { Policy = new SessionPolicy(Absolute, Absolute) });
        session.Peek(Hash, null, Start + Absolute - TimeSpan.FromTicks(1)).ShouldBe(SessionState.Live);
        session.Peek(Hash, null, Start + Absolute).ShouldBe(SessionState.Absolute);
    }

    [Fact, Trait("Threat", "T40")]
    public void Policy_Absolute_ShortensButNeverProlongs()
    {
        var session = Open();
        Change(snapshot => snapshot with { Policy = new SessionPolicy(Idle, TimeSpan.FromHours(1)) });
        session.ToView()!.AbsoluteExpiresAt.ShouldBe(Start + TimeSpan.FromHours(1));
        session.Touch(Hash, null, Start + TimeSpan.FromMinutes(29)).ShouldBe(SessionState.Live);
        session.Touch(Hash, null, Start + TimeSpan.FromMinutes(58)).ShouldBe(SessionState.Live);
        session.Touch(Hash, null, Start + TimeSpan.FromHours(1)).ShouldBe(SessionState.Absolute);

        var shortLived = Open(absolute: TimeSpan.FromHours(1));
        shortLived.AbsoluteExpiresAt.ShouldBe(Start + TimeSpan.FromHours(1));
    }

    [Fact, Trait("Threat", "T40")]
    public void Policy_LongerAfterASessionWasOverUnseen_DoesNotReviveIt()
    {
        var session = Open();
        var changedAt = Start + Idle;
        Change(snapshot => snapshot with { Policy = new SessionPolicy(Absolute, Absolute), IdleCutoff = changedAt - Idle, AbsoluteCutoff = changedAt - Absolute });
        session.Peek(Hash, null, changedAt).ShouldBe(SessionState.Idle);
    }

    [Fact, Trait("Threat", "T40")]
    public void Epoch_Up_EndsEverySessionOfTheTenantAndNoOther()
    {
        var session = Open();
        var other = Open(tenant: TenantId.From(Guid.CreateVersion7(Start)));
        Change(snapshot => snapshot with { Epoch = 1 });
        session.Peek(Hash, null, Start).ShouldBe(SessionState.TenantRevoked);
        session.Touch(Hash, null, Start).ShouldBe(SessionState.TenantRevoked);
        session.ToView().ShouldBeNull();
        other.Peek(Hash, null, Start).ShouldBe(SessionState.Live);
    }

    [Fact, Trait("Threat", "T40")]
    public void SecondFactor_Required_LimitsSessionsThatNeverProvedOneWhileItIs()
    {
        var (password, proven, enrolling) = (Open(), Open(factorAt: Start), Open(scope: SessionScope.Enrolment));
        Scopes().ShouldBe([SessionScope.Full, SessionScope.Full, SessionScope.Enrolment]);
        Change(snapshot => snapshot with { RequireSecondFactor = true });
        Scopes().ShouldBe([SessionScope.Enrolment, SessionScope.Full, SessionScope.Enrolment]);
        Change(snapshot => snapshot with { RequireSecondFactor = false });
        Scopes().ShouldBe([SessionScope.Full, SessionScope.Full, SessionScope.Enrolment]);

        SessionScope[] Scopes()
        {
            LiveSession[] sessions = [password, proven, enrolling];
            foreach (var session in sessions) session.ToView()!.Scope.ShouldBe(session.Scope);
            return [.. sessions.Select(session => session.Scope)];
        }
    }

    [Fact]
    public void Terms_ThatComeLate_ChangeNothing()
    {
        Open();
        var tenant = _tenants.Publish(default, TestPolicy.Of(Idle, Absolute) with { Revision = 3, Epoch = 1 });
        _tenants.Publish(default, TestPolicy.Of(Idle, Absolute) with { Revision = 2, Epoch = 0 }).ShouldBeSameAs(tenant);
        tenant.Policy.Epoch.ShouldBe(1);
    }

    [Fact, Trait("Threat", "T40")]
    public void Role_Changed_HoldsForTheNextView()
    {
        Change(snapshot => snapshot with { Roles = [new Role("analyst", Permissions.Read)] });
        var session = Open(subject: new SessionSubject("alice", Permissions.None, "analyst"));
        session.ToView()!.Subject.Permissions.ShouldBe(Permissions.Read);
        Change(snapshot => snapshot with { Roles = [new Role("analyst", Permissions.Edit)] });
        session.ToView()!.Subject.Permissions.ShouldBe(Permissions.Edit);
        session.ToView()!.Subject.ShouldBeSameAs(session.Subject);
        Change(snapshot => snapshot with { Roles = [] });
        session.ToView()!.Subject.Permissions.ShouldBe(Permissions.None);
        session.Subject = new SessionSubject("alice", Permissions.None, "viewer");
        session.ToView()!.Subject.Permissions.ShouldBe(Permissions.Read);
    }

    /// <summary>Against a model that looks at every moment: whatever the order of policies, touches and looks, nothing that was once over lives again.</summary>
    [Fact, Trait("Threat", "T40")]
    public void AnySequenceOfPolicies_ComparedWithAnObserverOfEveryMoment_Agrees()
    {
        var step = Gen.Choose(0, 2).SelectMany(kind => Gen.Choose(1, 50).SelectMany(minutes => Gen.Choose(0, 40).Select(pass => (kind, minutes, pass))));
        Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            var tenants = new LiveTenants();
            var snapshot = TestPolicy.Of(Idle, Absolute);
            var session = new LiveSession(new LiveSessions(), tenants.Publish(default, snapshot), default, Origin(default, Absolute), new SessionSubject("alice", Permissions.Read), Start);
            var (now, last, policy, over) = (Start, Start, snapshot.Policy, false);
            foreach (var (kind, minutes, pass) in steps)
            {
                now += TimeSpan.FromMinutes(pass);
                over |= now - last >= policy.IdleTimeout || now >= Start + Min(Absolute, policy.AbsoluteTimeout);
                if (kind == 0)
                {
                    var next = new SessionPolicy(TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(minutes * 6));
                    snapshot = snapshot with
                    {
                        Revision = snapshot.Revision + 1,
                        Policy = next,
                        IdleCutoff = Max(snapshot.IdleCutoff, now - policy.IdleTimeout),
                        AbsoluteCutoff = Max(snapshot.AbsoluteCutoff, now - policy.AbsoluteTimeout),
                    };
                    tenants.Publish(default, snapshot);
                    policy = next;
                    over |= now - last >= policy.IdleTimeout || now >= Start + Min(Absolute, policy.AbsoluteTimeout);
                }
                else if (kind == 1)
                {
                    if ((session.Touch(Hash, null, now) == SessionState.Live) == over) return false;
                    if (!over) last = now;
                }
                else if ((session.Peek(Hash, null, now) == SessionState.Live) == over)
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private void Change(Func<TenantPolicySnapshot, TenantPolicySnapshot> change)
    {
        var before = _tenants.Publish(default, TestPolicy.Of(Idle, Absolute)).Policy;
        _tenants.Publish(default, change(before) with { Revision = before.Revision + 1 });
    }

    private LiveSession Open(
        TenantId tenant = default, TimeSpan? absolute = null, SessionSubject? subject = null, SessionScope scope = SessionScope.Full, DateTimeOffset? factorAt = null)
    {
        var board = new LiveSessions();
        var live = _tenants.Publish(tenant, TestPolicy.Of(Idle, Absolute));
        var origin = Origin(tenant, absolute ?? Absolute) with { Scope = scope, SecondFactorAt = factorAt };
        return new LiveSession(board, live, SessionId.From(Guid.CreateVersion7(Start)), origin, subject ?? new SessionSubject("alice", Permissions.Read), Start);
    }

    private static StoredSession Origin(TenantId tenant, TimeSpan absolute) =>
        new() { TenantId = tenant, SecretHash = [.. Hash], AbsoluteTimeout = absolute, CreatedAt = Start, AuthenticationMethods = ["pwd"] };
}
