using Platform.Security;

namespace Platform.Grains.Tests.Security;

/// <summary>One thread, a clock and hashes that only take its time: what each party gets of the turns, to the millisecond.</summary>
public sealed class HashingTurnsTests
{
    /// <summary>Of one hash, as on a busy machine; on a calm one it takes half of it.</summary>
    private static readonly TimeSpan Hash = TimeSpan.FromMilliseconds(70);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Callers of whom each sends its next attempt when it has heard of the one before.</summary>
    [Theory, Trait("Threat", "T11")]
    [InlineData(1, 1)]
    [InlineData(1, 360)]
    [InlineData(40, 1)]
    [InlineData(120, 360)]
    public void Take_StrangersStorm_KnownCallersWaitLessThanTwoSecondsAndNoneIsRefused(int networks, int tenants)
    {
        var line = new Simulation();
        for (var i = 0; i < 120; i++) line.Storm(Stranger($"tenant {i % tenants}", $"network {i % networks}"));
        for (var i = 0; i < 60; i++) line.Send(TimeSpan.FromMilliseconds(500 * i), Known("tenant 0", "office"), "known");
        line.Run(TimeSpan.FromSeconds(40));

        line.Served("known").ShouldBe(60);
        line.LongestWait("known").ShouldBeLessThan(TimeSpan.FromMilliseconds(3 * 70));
    }

    /// <summary>What the others are measured against: callers whom nobody tells apart stand in order of arrival, as all did before.</summary>
    [Fact]
    public void Take_OneCallerForAll_AStormKeepsAllOthersOut()
    {
        var line = new Simulation();
        for (var i = 0; i < 120; i++) line.Storm(Stranger("", ""));
        for (var i = 0; i < 60; i++) line.Send(TimeSpan.FromMilliseconds(500 * i), Stranger("", ""), "honest");
        line.Run(TimeSpan.FromSeconds(40));

        // The very first comes before the line is full.
        line.Served("honest").ShouldBeLessThan(10);
    }

    /// <summary>Everybody of an office comes at nine, while strangers storm.</summary>
    [Fact, Trait("Threat", "T11")]
    public void Take_TwentyKnownAtOnceInAStorm_WaitLessThanTwoSeconds()
    {
        var line = new Simulation();
        for (var i = 0; i < 120; i++) line.Storm(Stranger("absent", $"network {i}"));
        for (var i = 0; i < 20; i++) line.Send(TimeSpan.FromSeconds(5), Known("tenant", "office"), "known");
        line.Run(TimeSpan.FromSeconds(40));

        line.Served("known").ShouldBe(20);
        line.LongestWait("known").ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact, Trait("Threat", "T11")]
    public void Take_KnownCallersStorm_LeaveStrangersAQuarter()
    {
        var line = new Simulation();
        for (var i = 0; i < 120; i++) line.Storm(Known("trial", $"network {i}"));
        for (var i = 0; i < 60; i++) line.Send(TimeSpan.Zero, Stranger("tenant", $"home {i}"), "stranger");
        line.Run(TimeSpan.FromSeconds(1000));

        // Those who came too late for ten seconds of a quarter of the turns are told so.
        line.Served("stranger").ShouldBeInRange(35, 36);
        line.LongestWait("stranger").ShouldBeLessThanOrEqualTo(LongestWait);
    }

    /// <summary>Whoever is not known yet suffers from a storm only as much as it comes from its own network and goes to its own tenant.</summary>
    [Theory, Trait("Threat", "T11")]
    [InlineData(1, 360, "elsewhere", "meant")]
    [InlineData(2, 360, "elsewhere", "meant")]
    [InlineData(500, 1, "elsewhere", "another")]
    public void Take_StrangersStorm_AnHonestStrangerIsNotPushedAside(int networks, int tenants, string network, string tenant)
    {
        var line = new Simulation();
        for (var i = 0; i < 500; i++) line.Storm(Stranger(tenants == 1 ? "meant" : $"made up {i % tenants}", $"network {i % networks}"));
        for (var i = 0; i < 30; i++) line.Send(TimeSpan.FromSeconds(1 + i), Stranger(tenant, network), "honest");
        line.Run(TimeSpan.FromSeconds(60));

        line.Served("honest").ShouldBe(30);
        line.LongestWait("honest").ShouldBeLessThan(TimeSpan.FromMilliseconds(8 * 70));
    }

    [Fact]
    public void Take_TwoTenants_HaveEqualShares()
    {
        var line = new Simulation();
        for (var i = 0; i < 50; i++) line.Storm(Known("large", $"network {i}"), "large");
        for (var i = 0; i < 5; i++) line.Storm(Known("small", $"home {i}"), "small");
        line.Run(Hash * 1000);

        // By tenant half of the turns are the small one's; by network its five have as many as five of the other's.
        line.Served("small").ShouldBeInRange(400, 560);
    }

    [Fact, Trait("Threat", "T11")]
    public void TryAdd_Full_RefusesWhoHasAsManyWaitingAsAnybody()
    {
        var turns = new HashingTurns<string>(2, LongestWait);
        turns.TryAdd(Stranger("one", "a"), "first", TimeSpan.Zero, out _).ShouldBeTrue();
        turns.TryAdd(Stranger("two", "b"), "second", TimeSpan.Zero, out _).ShouldBeTrue();
        turns.TryAdd(Stranger("three", "c"), "third", TimeSpan.Zero, out var displaced).ShouldBeFalse();
        displaced.ShouldBeNull();
        turns.TryAdd(Known("three", "c"), "known", TimeSpan.Zero, out _).ShouldBeTrue("the other line");
    }

    [Fact, Trait("Threat", "T11")]
    public void TryAdd_FullOfOneNetwork_TakesTheLastPlaceOfIt()
    {
        var turns = new HashingTurns<string>(3, LongestWait);
        foreach (var item in new[] { "first", "second", "third" }) turns.TryAdd(Stranger(item, "a"), item, TimeSpan.Zero, out _).ShouldBeTrue();
        turns.TryAdd(Stranger("one", "b"), "other", TimeSpan.Zero, out var displaced).ShouldBeTrue();
        displaced.ShouldBe("third");
        turns.TryAdd(Stranger("fourth", "a"), "fourth", TimeSpan.Zero, out displaced).ShouldBeFalse();
        turns.Count.ShouldBe(3);
    }

    [Fact]
    public void TryTakeOverdue_WaitedTooLong_IsTakenOutOnce()
    {
        var turns = new HashingTurns<string>(4, LongestWait);
        turns.TryAdd(Stranger("one", "a"), "old", TimeSpan.Zero, out _);
        turns.TryAdd(Known("one", "a"), "young", TimeSpan.FromSeconds(5), out _);
        turns.TryTakeOverdue(TimeSpan.FromSeconds(9.9), out _).ShouldBeFalse();
        turns.TryTakeOverdue(LongestWait, out var overdue).ShouldBeTrue();
        overdue.ShouldBe("old");
        turns.TryTakeOverdue(LongestWait, out _).ShouldBeFalse();
        turns.TryTake(LongestWait, out var next, out var waited).ShouldBeTrue();
        (next, waited).ShouldBe(("young", TimeSpan.FromSeconds(5)));
        turns.TryTake(LongestWait, out _, out _).ShouldBeFalse();
    }

    private static HashingCaller Known(string tenant, string network) => new(IsKnown: true, tenant, network);

    private static HashingCaller Stranger(string tenant, string network) => new(IsKnown: false, tenant, network);

    private sealed record Attempt(HashingCaller Caller, string Name, bool Repeats);

    private sealed class Simulation
    {
        /// <summary>How long a client that was refused waits before it comes again.</summary>
        private static readonly TimeSpan ComeBack = TimeSpan.FromMilliseconds(20);

        private readonly HashingTurns<Attempt> _turns = new(64, HashingTurnsTests.LongestWait);
        private readonly PriorityQueue<Attempt, (TimeSpan At, int Order)> _arrivals = new();
        private readonly Dictionary<string, List<TimeSpan>> _served = [];
        private int _order;

        public void Storm(HashingCaller caller, string name = "storm") => Arrive(TimeSpan.Zero, new Attempt(caller, name, Repeats: true));

        public void Send(TimeSpan at, HashingCaller caller, string name) => Arrive(at, new Attempt(caller, name, Repeats: false));

        public int Served(string name) => Waits(name).Count;

        public TimeSpan LongestWait(string name) => Waits(name).Max();

        public void Run(TimeSpan until)
        {
            var now = TimeSpan.Zero;
            while (now < until)
            {
                while (_arrivals.TryPeek(out _, out var next) && next.At <= now) Add(_arrivals.Dequeue(), next.At);
                while (_turns.TryTakeOverdue(now, out var late)) Refused(late, now);
                if (_turns.TryTake(now, out var attempt, out var waited))
                {
                    now += Hash;
                    Waits(attempt.Name).Add(waited);
                    if (attempt.Repeats) Arrive(now, attempt);
                }
                else
                {
                    now = _arrivals.TryPeek(out _, out var next) ? next.At : until;
                }
            }
        }

        private void Add(Attempt attempt, TimeSpan at)
        {
            if (!_turns.TryAdd(attempt.Caller, attempt, at, out var displaced)) Refused(attempt, at);
            else if (displaced is not null) Refused(displaced, at);
        }

        private void Refused(Attempt attempt, TimeSpan at)
        {
            if (attempt.Repeats) Arrive(at + ComeBack, attempt);
        }

        private void Arrive(TimeSpan at, Attempt attempt) => _arrivals.Enqueue(attempt, (at, _order++));

        private List<TimeSpan> Waits(string name)
        {
            if (!_served.TryGetValue(name, out var waits)) _served.Add(name, waits = []);
            return waits;
        }
    }
}
