using Platform.Api.RateLimiting;
using Platform.Api.Requests;

namespace Platform.Api.Tests.RateLimiting;

public sealed class RateLimiterTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TryTake_WithinTheQuota_AllowsExactlyThatMany()
    {
        var limit = new RateLimiter<ulong>("x", 30, 1_000, _time);

        Enumerable.Range(0, 40).Count(_ => limit.TryAcquire(1, out var _, out var _)).ShouldBe(30);
        limit.TryAcquire(2, out var remaining, out _).ShouldBeTrue();
        remaining.ShouldBe(29);
    }

    [Fact]
    public void TryTake_AfterTheReturnedWait_IsAllowedAgain()
    {
        var limit = new RateLimiter<ulong>("x", 30, 1_000, _time);
        while (limit.TryAcquire(1, out _, out _)) { }
        limit.TryAcquire(1, out _, out var wait).ShouldBeFalse();

        _time.Advance(wait - TimeSpan.FromMilliseconds(1));
        limit.TryAcquire(1, out _, out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        limit.TryAcquire(1, out _, out _).ShouldBeTrue();
        wait.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    [Trait("Threat", "T71")]
    public void TryTake_ByMoreAddressesThanHaveBudgets_StaysBoundedAndSharesABudget()
    {
        var limit = new RateLimiter<ulong>("x", 5, 100, _time);

        var allowed = Enumerable.Range(0, 10_000).Count(i => limit.TryAcquire((ulong)i, out _, out _));

        limit.Count.ShouldBe(100);
        allowed.ShouldBe(105);
        _time.Advance(TimeSpan.FromMinutes(2));
        limit.TryAcquire(5_000, out _, out _).ShouldBeTrue();
        limit.Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T71")]
    public void TryTake_BeyondTheBoundWithoutALimitThere_IsBoundedAndAllowed()
    {
        var limit = new RateLimiter<ulong>("x", 5, 100, _time, limitsBeyond: false);

        Enumerable.Range(0, 10_000).Count(i => limit.TryAcquire((ulong)i, out _, out _)).ShouldBe(10_000);
        limit.Count.ShouldBe(100);
        Enumerable.Range(0, 10).Count(_ => limit.TryAcquire(0, out var _, out var _)).ShouldBe(4, "those that are told apart have their limit");
    }

    /// <summary>All six budgets of a host at their defaults. What is allocated is more than what stays.</summary>
    [Fact]
    [Trait("Threat", "T71")]
    public void TryTake_ByAMillionNetworks_TakesLessThanAHundredMegabytes()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var limiter = 0; limiter < 6; limiter++)
        {
            var limit = new RateLimiter<ulong>("x", 600, new RateLimitOptions().MaxAddresses, _time, limitsBeyond: limiter < 4);
            for (ulong network = 0; network < 1_000_000; network++) limit.TryAcquire(network, out _, out _);
            limit.Count.ShouldBe(new RateLimitOptions().MaxAddresses);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000_000);
    }

    [Fact, Trait("Threat", "T70")]
    public void Merge_OthersHaveDrawn_LeavesWhatRemainsOfAll()
    {
        var limit = new RateLimiter<ulong>("x", 30, 1_000, _time);
        limit.Share(() => { });
        for (var i = 0; i < 5; i++) limit.TryAcquire(1, out _, out _).ShouldBeTrue();
        limit.TryTakeDrawn(out var key, out var calls).ShouldBeTrue();
        (key, calls).ShouldBe((1UL, 5));
        for (var i = 0; i < 2; i++) limit.TryAcquire(1, out _, out _).ShouldBeTrue();

        // All hosts have told of 20 of the 30; two more here are not told yet.
        limit.Merge(1, 20 * limit.PerCall);
        Enumerable.Range(0, 40).Count(_ => limit.TryAcquire(1, out var _, out var _)).ShouldBe(8);

        // Less than is known here, as from a grain that has forgotten: nothing is given back.
        limit.Merge(1, TimeSpan.Zero);
        limit.TryAcquire(1, out _, out _).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T70")]
    public void TryTakeDrawn_OfALargeQuota_TellsOnlyOfKeysThatDrewAHundredth()
    {
        var told = 0;
        var limit = new RateLimiter<ulong>("x", 1_000, 1_000, _time);
        limit.Share(() => told++);
        for (var i = 0; i < 9; i++) limit.TryAcquire(1, out _, out _);
        limit.TryTakeDrawn(out _, out _).ShouldBeFalse();
        for (var i = 0; i < 16; i++) limit.TryAcquire(1, out _, out _);
        told.ShouldBe(1);
        limit.TryTakeDrawn(out _, out var calls).ShouldBeTrue();
        calls.ShouldBe(25);
        limit.ReturnDrawn(1, 25);
        limit.TryAcquire(1, out _, out _);
        limit.TryTakeDrawn(out _, out calls).ShouldBeTrue();
        calls.ShouldBe(26);
        limit.TryTakeDrawn(out _, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task TryTake_ByManyThreads_CountsEachAddressOnce()
    {
        var limit = new RateLimiter<ulong>("x", 1_000, 100_000, TimeProvider.System);
        await Parallel.ForAsync(0, 8, (_, _) =>
        {
            for (ulong address = 0; address < 2_000; address++) limit.TryAcquire(address, out var _, out var _);
            return ValueTask.CompletedTask;
        });
        limit.Count.ShouldBe(2_000);
    }

    [Fact]
    public void TryTake_OfAKnownAddress_AllocatesNothing()
    {
        var limit = new RateLimiter<ulong>("x", 600_000, 100, _time);
        Take(1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Take(1_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Take(int times)
        {
            for (var i = 0; i < times; i++)
            {
                limit.TryAcquire(1, out var remaining, out _);
                _ = limit.Remaining(remaining);
            }
        }
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("::1", "0.0.0.1", false)]
    public void Network_OfTwoAddresses_IsSharedPerAddressOr64(string one, string other, bool shared) =>
        (ClientAddress.Network(IPAddress.Parse(one)) == ClientAddress.Network(IPAddress.Parse(other))).ShouldBe(shared);
}
