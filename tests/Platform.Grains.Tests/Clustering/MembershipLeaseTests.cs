using System.Security.Cryptography;
using Platform.ApiKeys;
using Platform.Cluster;
using Platform.Grains.Tests.Sessions;
using Platform.Sessions;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.Clustering;

/// <summary>What is in memory counts only while the process holds its lease.</summary>
public sealed class MembershipLeaseTests
{
    private static readonly byte[] Hash = SHA256.HashData([1]);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Absolute = TimeSpan.FromDays(1);

    private readonly ManualTimeProvider _time = new();
    private readonly MembershipLease _lease;
    private readonly LiveSession _session;

    public MembershipLeaseTests()
    {
        _lease = new MembershipLease(_time);
        var origin = new StoredSession { SecretHash = [.. Hash], AbsoluteTimeout = Absolute, CreatedAt = _time.GetUtcNow(), AuthenticationMethods = ["pwd"] };
        _session = new LiveSession(new LiveSessions(_lease), Tenant(), PrefixedId.New<SessionId>(_time), origin, new SessionSubject("alice", Permissions.Read), _time.GetUtcNow());
    }

    [Fact, Trait("Threat", "T41")]
    public void Answers_WithoutALease_AreNotGiven()
    {
        Should.Throw<LeaseExpiredException>(() => _session.Peek(Hash, null, _time.GetUtcNow()));
        Should.Throw<LeaseExpiredException>(() => _session.Touch(Hash, null, _time.GetUtcNow()));
        Should.Throw<LeaseExpiredException>(() => _session.Evaluate(Hash, _time.GetUtcNow()));
    }

    [Fact, Trait("Threat", "T41")]
    public void Answers_WhileTheLeaseIsHeld_AreGivenToTheLastMomentAndNotBeyond()
    {
        _lease.HoldUntil(_time.GetTimestamp() + TimeSpan.FromSeconds(3).Ticks);
        _time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        _session.Peek(Hash, null, _time.GetUtcNow()).ShouldBe(SessionState.Live);
        _time.Advance(TimeSpan.FromTicks(1));
        Should.Throw<LeaseExpiredException>(() => _session.Peek(Hash, null, _time.GetUtcNow()));
    }

    [Fact, Trait("Threat", "T41"), Trait("Fault", "F9")]
    public void Lease_WhenTheWallClockStepsBack_RunsOutAllTheSame()
    {
        _lease.HoldUntil(_time.GetTimestamp() + TimeSpan.FromSeconds(3).Ticks);
        _time.Advance(TimeSpan.FromSeconds(4));
        _time.StepBack(TimeSpan.FromHours(1));
        _lease.IsHeld.ShouldBeFalse();
    }

    /// <summary>A refusal tells as much as an acceptance: a dead session may have been another one's all along.</summary>
    [Fact, Trait("Threat", "T41")]
    public void Refusals_WithoutALease_AreNotGivenEither()
    {
        _session.End(SessionState.SignedOut);
        Should.Throw<LeaseExpiredException>(() => _session.Peek(Hash, null, _time.GetUtcNow()));
        Should.Throw<LeaseExpiredException>(() => _session.Touch(Hash, null, _time.GetUtcNow()));
    }

    [Fact, Trait("Threat", "T41")]
    public void Touch_WithoutALease_ExtendsNothing()
    {
        _lease.HoldUntil(long.MaxValue);
        var before = _session.ToView()!.LastActivityAt;
        _lease.Revoke();
        _time.Advance(TimeSpan.FromMinutes(1));
        Should.Throw<LeaseExpiredException>(() => _session.Touch(Hash, null, _time.GetUtcNow()));
        _session.ToView()!.LastActivityAt.ShouldBe(before);
        _session.TakeUnsaved().ShouldBeNull();
    }

    /// <summary>The grain goes on with what it has to do: an end needs no lease.</summary>
    [Fact]
    public void OwnersCheck_WithoutALease_IsAnswered()
    {
        _session.Evaluate(_time.GetUtcNow()).ShouldBe(SessionState.Live);
        _session.End(SessionState.Revoked);
        _session.Evaluate(_time.GetUtcNow()).ShouldBe(SessionState.Revoked);
    }

    [Fact, Trait("Threat", "T41")]
    public void ApiKey_WithoutALease_IsNotJudgedAndItsUseNotNoted()
    {
        var keys = new LiveApiKeys(_lease);
        var key = new LiveApiKey(keys, Tenant(), Sponsor(), new ApiKeyGrant { Id = default, TenantId = default, Scopes = ApiKeyScopes.Introspect, Name = "k" }, [.. Hash]);
        Should.Throw<LeaseExpiredException>(() => key.Check(Hash, null, _time.GetUtcNow()));
        keys.Uses.ShouldBeEmpty();
        _lease.HoldUntil(long.MaxValue);
        key.Check(Hash, null, _time.GetUtcNow()).ShouldBe(ApiKeyState.Live);
        keys.Uses.ShouldHaveSingleItem();
    }

    private static LiveSponsor Sponsor()
    {
        var sponsor = new LiveSponsor();
        sponsor.Set(new SponsorStanding(UserStatus.Active, null, Permissions.Owner));
        return sponsor;
    }

    private static LiveTenant Tenant() => new LiveTenants().Publish(default, TestPolicy.Of(Idle, Absolute));
}
