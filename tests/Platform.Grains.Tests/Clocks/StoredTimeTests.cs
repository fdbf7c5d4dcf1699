using Platform.ApiKeys;
using Platform.Clocks;
using Platform.SecondFactors;
using Platform.SignIn;
using Platform.Support;

namespace Platform.Grains.Tests.Clocks;

/// <summary>What was stored by a clock that was ahead, and has been corrected since: one row for each kind of stored instant.</summary>
public sealed class StoredTimeTests
{
    private const string Network = "192.0.2.1";

    private static readonly DateTimeOffset Now = ManualTimeProvider.DefaultStart;

    public static TheoryData<string, TimeSpan> Opening
    {
        get
        {
            var rows = new TheoryData<string, TimeSpan>();
            foreach (var ahead in new[] { TimeSpan.FromHours(1), TimeSpan.FromDays(365) })
            {
                foreach (var kind in Opens.Keys) rows.Add(kind, ahead);
            }

            return rows;
        }
    }

    public static TheoryData<string, TimeSpan> Blocking
    {
        get
        {
            var rows = new TheoryData<string, TimeSpan>();
            foreach (var ahead in new[] { TimeSpan.FromHours(1), TimeSpan.FromDays(365) })
            {
                foreach (var kind in Waits.Keys) rows.Add(kind, ahead);
            }

            return rows;
        }
    }

    /// <summary>Whether what was made at the first time is good for something at the second.</summary>
    private static Dictionary<string, Func<DateTimeOffset, DateTimeOffset, bool>> Opens { get; } = new()
    {
        ["fresh authentication"] = (made, now) => StoredTime.IsWithin(made, SecondFactorRules.Freshness, now),
        ["sign-in challenge"] = (made, now) => With(made).AsOf(now).FindChallenge([1], Network, now) is not null && With(made).FindChallenge([1], Network, now) is not null,
        ["active support grant"] = (made, now) => SupportRules.Usable([Grant(made).Activated(made)], default, now) is not null,
        ["secret before a rotation"] = (made, now) => new PreviousSecret([], made, made + TimeSpan.FromDays(7)).IsOpen(now),
        ["requested support grant"] = (made, now) => !Grant(made).IsOver(now),
    };

    /// <summary>How long somebody must wait at the second time for what happened at the first, and the longest that it may be.</summary>
    private static Dictionary<string, Func<DateTimeOffset, DateTimeOffset, (TimeSpan? Wait, TimeSpan Longest)>> Waits { get; } = new()
    {
        ["sign-in block"] = (made, now) => (Guessed(made).AsOf(now).WaitFor(Network, now), TimeSpan.FromMinutes(1)),
        ["code block"] = (made, now) => (With(made).AsOf(now).Attempts.WaitFor(now), CodeAttempts.Window),
        ["message budget"] = (made, now) =>
        {
            MessageBudget.Take(With(made).AsOf(now).MessagesAt, now, out var wait);
            return (wait, TimeSpan.FromMinutes(15));
        },
    };

    [Theory, MemberData(nameof(Opening)), Trait("Threat", "T39")]
    public void StoredAhead_WhatOpensSomething_OpensNothing(string kind, TimeSpan ahead)
    {
        Opens[kind](Now, Now).ShouldBeTrue();
        Opens[kind](Now + StoredTime.Allowance, Now).ShouldBeTrue("nodes differ by a little");
        Opens[kind](Now + ahead, Now).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Blocking)), Trait("Threat", "T39")]
    public void StoredAhead_WhatShutsOut_LastsNoLongerThanItsOwnLength(string kind, TimeSpan ahead)
    {
        Waits[kind](Now, Now).Wait.ShouldNotBeNull().ShouldBe(Waits[kind](Now, Now).Longest);
        var (wait, longest) = Waits[kind](Now + ahead, Now);
        wait.ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromTicks(1), longest);
    }

    [Fact]
    public void StoredAhead_OnceCorrected_RunsOut()
    {
        var corrected = Guessed(Now + TimeSpan.FromDays(365)).AsOf(Now);
        corrected.AsOf(Now).ShouldBeSameAs(corrected);
        corrected.AsOf(Now + TimeSpan.FromMinutes(1)).WaitFor(Network, Now + TimeSpan.FromMinutes(1)).ShouldBeNull();
        corrected.Failed(Network, Now + TimeSpan.FromMinutes(1)).WaitFor(Network, Now + TimeSpan.FromMinutes(1)).ShouldBeNull();

        var codes = With(Now + TimeSpan.FromDays(365)).AsOf(Now);
        codes.AsOf(Now).ShouldBeSameAs(codes);
        codes.Attempts.WaitFor(Now + CodeAttempts.Window).ShouldBeNull();
    }

    [Fact]
    public void StoredAhead_StateOfARightClock_IsLeftAlone()
    {
        var guard = Guessed(Now);
        guard.AsOf(Now).ShouldBeSameAs(guard);
        guard.AsOf(Now - StoredTime.Allowance).ShouldBeSameAs(guard);
        var factors = With(Now);
        factors.AsOf(Now).ShouldBeSameAs(factors);
    }

    [Fact]
    public void Totp_LastStepFarAhead_DoesNotRefuseEveryCodeUntilThen()
    {
        byte[] secret = [.. Enumerable.Range(0, Totp.SecretSize).Select(i => (byte)i)];
        var step = Totp.StepAt(Now);
        var code = Totp.Hotp(secret, step);
        Totp.FindStep(secret, code, Now, Totp.StepAt(Now + TimeSpan.FromDays(365))).ShouldBe(step);
        Totp.FindStep(secret, code, Now, step).ShouldBeNull();
        Totp.FindStep(secret, code, Now, step + 5).ShouldBeNull();
    }

    [Fact]
    public void NameClaim_OfAClockAhead_CanBeTakenOver()
    {
        NameClaims.CanBeTakenOver(Now, Now).ShouldBeFalse();
        NameClaims.CanBeTakenOver(Now + TimeSpan.FromDays(365), Now).ShouldBeTrue();
    }

    private static SignInThrottleState Guessed(DateTimeOffset at)
    {
        var state = new SignInThrottleState();
        for (var i = 0; i < SignInThrottleState.FailuresPerNetwork; i++) state = state.Failed(Network, at);
        return state;
    }

    /// <summary>A waiting challenge, five wrong codes and five messages.</summary>
    private static StoredSecondFactors With(DateTimeOffset at)
    {
        var challenge = new StoredChallenge { SecretHash = [1], Network = Network, Transport = default, ExpiresAt = at + SecondFactorRules.ChallengeLifetime, TenantEpoch = 0 };
        var factors = new StoredSecondFactors { MessagesAt = [.. Enumerable.Repeat(at, MessageBudget.PerQuarterHour)] }.WithChallenge(challenge, at);
        for (var i = 0; i < CodeAttempts.Budget; i++) factors = factors.WithWrongCode(challenge: null, at);
        return factors;
    }

    private static SupportGrant Grant(DateTimeOffset at) => new()
    {
        Id = default,
        TenantId = default,
        OperatorId = default,
        Reason = "reason",
        Ticket = "ticket",
        Duration = TimeSpan.FromHours(1),
        State = SupportGrantState.Requested,
        RequestedAt = at,
        ExpiresAt = at + SupportRules.RequestLifetime,
    };
}
