using Platform.SignIn;

namespace Platform.Grains.Tests.SignIn;

public sealed class StrangerFailuresTests
{
    private static readonly DateTimeOffset Start = ManualTimeProvider.DefaultStart;

    private readonly StrangerFailures _failures = new(new StrangerBudget(PerNetwork: 20, InAll: 100));
    private DateTimeOffset _now = Start;

    [Fact, Trait("Threat", "T6")]
    public void Admit_BudgetOfANetworkIsUsedUp_WaitsForTheEndOfItsWindowAndTellsOnce()
    {
        Fail("a", 20).ShouldBe(20);
        _now += TimeSpan.FromMinutes(5);
        _failures.Admit("a", _now).ShouldBe(new Admission(TimeSpan.FromMinutes(10), FirstOfBlock: true));
        _failures.Admit("a", _now).ShouldBe(new Admission(TimeSpan.FromMinutes(10)));
        Fail("b", 1).ShouldBe(1, "another network");
        _now += TimeSpan.FromMinutes(10);
        Fail("a", 30).ShouldBe(20);
    }

    /// <summary>An attempt counts before it is evaluated.</summary>
    [Fact, Trait("Threat", "T5"), Trait("Threat", "T6")]
    public void Admit_ManyAtOnce_AdmitsNoMoreThanTheBudget()
    {
        var admitted = Enumerable.Range(0, 60).Count(_ => _failures.Admit("a", _now).Wait is null);
        admitted.ShouldBe(20);
        _failures.Admit("a", _now).Wait.ShouldBe(TimeSpan.FromSeconds(2), "those under way may succeed");
        for (var i = 0; i < 20; i++) _failures.Conclude("a", succeeded: null, _now);
        Fail("a", 30).ShouldBe(20, "what was not evaluated does not count");
    }

    [Fact, Trait("Threat", "T7")]
    public void Admit_NetworkWithASuccess_HasFiveTimesTheBudget()
    {
        _failures.Admit("office", _now).Wait.ShouldBeNull();
        _failures.Conclude("office", succeeded: true, _now);
        Fail("office", 200).ShouldBe(100);
    }

    [Fact, Trait("Threat", "T6"), Trait("Threat", "T7")]
    public void Conclude_ManyNetworksFail_LeavesEachThreeTriesAndAsksForOneAlert()
    {
        _failures.Admit("office", _now).Wait.ShouldBeNull();
        _failures.Conclude("office", succeeded: true, _now);
        var alerts = 0;
        for (var i = 0; i < 100; i++)
        {
            _failures.Admit($"bot {i}", _now).Wait.ShouldBeNull();
            if (_failures.Conclude($"bot {i}", succeeded: false, _now)) alerts++;
        }

        Fail("newcomer", 10).ShouldBe(3);
        Fail("office", 50).ShouldBe(50);
        for (var i = 200; i < 400; i++)
        {
            if (_failures.Admit($"bot {i}", _now).Wait is null && _failures.Conclude($"bot {i}", succeeded: false, _now)) alerts++;
        }

        alerts.ShouldBe(1, "it goes on");
        _now += StrangerFailures.Window;
        Fail("another", 30).ShouldBe(20, "it is over");
    }

    [Fact, Trait("Threat", "T71")]
    public void Admit_MoreNetworksThanAreRemembered_ForgetsThoseThatFailedLeast()
    {
        Fail("worst", 20);
        for (var i = 0; i < 3 * StrangerFailures.MaxNetworks; i++)
        {
            _failures.Admit($"network {i}", _now);
            _failures.Conclude($"network {i}", succeeded: null, _now);
        }

        _failures.Count.ShouldBeLessThanOrEqualTo(StrangerFailures.MaxNetworks);
        Fail("worst", 1).ShouldBe(0);
    }

    [Fact]
    public void Admit_ClockStepsBack_BeginsANewWindow()
    {
        Fail("a", 20);
        _now -= TimeSpan.FromDays(1);
        Fail("a", 30).ShouldBe(20);
    }

    [Fact, Trait("Threat", "T6")]
    public void Take_MoreThanALogTells_CountsTheOthersAndTellsThemOnceAMinute()
    {
        var entries = new StrangerEntries(perWindow: 3);
        for (var i = 0; i < 3; i++) entries.Take(_now).ShouldBe(new StrangerEntry(IsSingle: true, Untold: 0));
        entries.Take(_now).ShouldBe(new StrangerEntry(IsSingle: false, Untold: 1));
        for (var i = 0; i < 500; i++) entries.Take(_now).ShouldBe(default);
        _now += TimeSpan.FromMinutes(1);
        entries.Take(_now).ShouldBe(new StrangerEntry(IsSingle: false, Untold: 501));
        entries.Take(_now).ShouldBe(default);
        _now += StrangerFailures.Window;
        entries.Take(_now).ShouldBe(new StrangerEntry(IsSingle: true, Untold: 1));
        entries.Take(_now).ShouldBe(new StrangerEntry(IsSingle: true, Untold: 0));
    }

    /// <summary>How many of so many failing attempts were evaluated.</summary>
    private int Fail(string network, int attempts)
    {
        var evaluated = 0;
        for (var i = 0; i < attempts; i++)
        {
            if (_failures.Admit(network, _now).Wait is not null) continue;
            _failures.Conclude(network, succeeded: false, _now);
            evaluated++;
        }

        return evaluated;
    }
}
