using Platform.Api.Admission;
using Platform.Api.Requests;

namespace Platform.Api.Tests.Admission;

public sealed class AdmissionLaneTests
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly ManualTimeProvider _time = new();

    [Fact, Trait("Threat", "T69")]
    public async Task Enter_AsManyRunAsMay_WaitsForOneToEnd()
    {
        var lane = NewLane(concurrency: 2);
        lane.TryEnter().ShouldBeTrue();
        lane.TryEnter().ShouldBeTrue();
        lane.TryEnter().ShouldBeFalse();
        var waiting = lane.EnterAsync("a", "one", default);
        waiting.IsCompleted.ShouldBeFalse();
        lane.Leave();
        (await waiting).ShouldBe(AdmissionRefusal.None);
        (lane.Running, lane.Waiting).ShouldBe((2, 0));
        lane.Leave();
        lane.Leave();
        lane.Running.ShouldBe(0);
    }

    [Fact, Trait("Threat", "T69")]
    public async Task Enter_AsManyWaitAsMay_IsRefusedAtOnce()
    {
        var lane = NewLane(concurrency: 1, queueLimit: 1);
        lane.TryEnter().ShouldBeTrue();
        var waiting = lane.EnterAsync("a", "one", default);
        (await lane.EnterAsync("b", "two", default)).ShouldBe(AdmissionRefusal.Full);
        lane.Leave();
        (await waiting).ShouldBe(AdmissionRefusal.None);
    }

    /// <summary>One tenant hammered from one network keeps nobody else out.</summary>
    [Fact, Trait("Threat", "T69")]
    public async Task Enter_FullOfOneNetwork_OthersTakeItsPlacesAndHaveEveryOtherTurn()
    {
        var lane = NewLane(concurrency: 1, queueLimit: 4);
        lane.TryEnter().ShouldBeTrue();
        var hammering = Enumerable.Range(0, 4).Select(_ => lane.EnterAsync("a", "one", default)).ToArray();
        var other = lane.EnterAsync("b", "two", default);
        (await hammering[3]).ShouldBe(AdmissionRefusal.Displaced);
        lane.Leave();
        lane.Leave();
        (await other).ShouldBe(AdmissionRefusal.None);
        (await await Task.WhenAny(hammering.Take(3))).ShouldBe(AdmissionRefusal.None, "the turn before it");
        (lane.Running, lane.Waiting).ShouldBe((1, 2));
    }

    [Fact]
    public async Task Enter_WaitsTooLong_IsRefusedAndItsPlaceGoesToWhoStillWaits()
    {
        var lane = NewLane(concurrency: 1);
        lane.TryEnter().ShouldBeTrue();
        var late = lane.EnterAsync("a", "one", default);
        _time.Advance(TimeSpan.FromSeconds(1));
        var young = lane.EnterAsync("b", "two", default);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await late).ShouldBe(AdmissionRefusal.Late);
        young.IsCompleted.ShouldBeFalse();
        lane.Leave();
        (await young).ShouldBe(AdmissionRefusal.None);
        lane.Leave();
        (lane.Running, lane.Waiting).ShouldBe((0, 0));
    }

    /// <summary>Of a dozen calls at a host that has just started, and takes a second for each at first, none is refused.</summary>
    [Fact]
    public async Task Enter_WaitsLongInABurst_IsLetInWhenItsTurnComes()
    {
        var lane = NewLane(concurrency: 1, longestBurst: 5 * LongestWait);
        lane.TryEnter().ShouldBeTrue();
        var burst = Enumerable.Range(0, 4).Select(_ => lane.EnterAsync("a", "one", default)).ToArray();
        foreach (var call in burst)
        {
            _time.Advance(LongestWait);
            call.IsCompleted.ShouldBeFalse();
            lane.Leave();
            (await call).ShouldBe(AdmissionRefusal.None);
        }

        // It was empty meanwhile: the next burst has its time again.
        var next = lane.EnterAsync("a", "one", default);
        _time.Advance(2 * LongestWait);
        lane.Leave();
        (await next).ShouldBe(AdmissionRefusal.None);
    }

    [Fact, Trait("Threat", "T69")]
    public async Task Enter_TheQueueHasStoodTooLong_WhoeverWaitedLongIsRefusedAndNewOnesSoon()
    {
        var lane = NewLane(concurrency: 1, longestBurst: 2 * LongestWait);
        lane.TryEnter().ShouldBeTrue();
        var first = lane.EnterAsync("a", "one", default);
        _time.Advance(LongestWait / 2);
        var old = lane.EnterAsync("a", "one", default);
        _time.Advance(LongestWait);
        var young = lane.EnterAsync("a", "one", default);
        lane.Leave();
        (await first).ShouldBe(AdmissionRefusal.None);
        _time.Advance(LongestWait / 2);
        old.IsCompleted.ShouldBeFalse();
        lane.Leave();
        (await young).ShouldBe(AdmissionRefusal.None);
        (await old).ShouldBe(AdmissionRefusal.Late);
        (lane.Running, lane.Waiting).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Enter_CallerGoesAway_NobodyLosesAPlace()
    {
        var lane = NewLane(concurrency: 1);
        lane.TryEnter().ShouldBeTrue();
        using var gone = new CancellationTokenSource();
        var cancelled = lane.EnterAsync("a", "one", gone.Token);
        var next = lane.EnterAsync("a", "one", default);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        lane.Leave();
        (await next).ShouldBe(AdmissionRefusal.None);
        lane.Leave();
        lane.Running.ShouldBe(0);
    }

    [Fact]
    public async Task Enter_ManyThreads_NeverMoreRunThanMay()
    {
        var lane = new AdmissionLane(3, 1_000, TimeSpan.FromMinutes(1), TimeSpan.Zero, TimeProvider.System);
        var (running, most) = (0, 0);
        await Parallel.ForAsync(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            if (!lane.TryEnter()) (await lane.EnterAsync($"network {i % 7}", $"tenant {i % 5}", default)).ShouldBe(AdmissionRefusal.None);
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            lane.Leave();
        });
        most.ShouldBeLessThanOrEqualTo(3);
        (lane.Running, lane.Waiting).ShouldBe((0, 0));
    }

    [Fact]
    public void TryEnter_APlaceIsFree_AllocatesNothing()
    {
        var lane = NewLane(concurrency: 1);
        lane.TryEnter();
        lane.Leave();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            lane.TryEnter();
            lane.Leave();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.200", true)]
    [InlineData("::ffff:198.51.100.7", "198.51.100.200", true)]
    [InlineData("198.51.100.7", "198.51.101.7", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:ffff::1", true)]
    [InlineData("2001:db8:1::1", "2001:db8:2::1", false)]
    public void WideNetwork_OfTwoAddresses_IsOneWhereOnePartyMayHaveBoth(string one, string other, bool same) =>
        (ClientAddress.WideNetwork(IPAddress.Parse(one)) == ClientAddress.WideNetwork(IPAddress.Parse(other))).ShouldBe(same);

    private AdmissionLane NewLane(int concurrency, int queueLimit = 16, TimeSpan longestBurst = default) => new(concurrency, queueLimit, LongestWait, longestBurst, _time);

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, now, seen) == seen) return;
        }
    }
}
