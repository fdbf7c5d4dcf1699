using FsCheck;
using FsCheck.Fluent;
using Platform.Api.DeniedRequests;

namespace Platform.Api.Tests.DeniedRequests;

public sealed class RecentlyReportedTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    [Fact]
    public void TryTake_ByManyAtOnce_OneReports()
    {
        var told = new RecentlyReported<int>(1_000);
        var takers = 0;
        Parallel.For(0, 1_000, _ =>
        {
            if (told.TryAdd(7, Start, Pause)) Interlocked.Increment(ref takers);
        });
        takers.ShouldBe(1);
    }

    [Fact]
    public void GiveBack_TheNextOneReports()
    {
        var told = new RecentlyReported<int>(10);
        told.TryAdd(7, Start, Pause).ShouldBeTrue();
        told.Remove(7);
        told.TryAdd(7, Start, Pause).ShouldBeTrue();
        told.TryAdd(7, Start, Pause).ShouldBeFalse();
    }

    /// <summary>Never twice within the pause as long as fewer than half of what it holds come between; never more than it may hold.</summary>
    [Fact]
    public void AnySequence_IsReportedOnceAPauseAndStaysBounded()
    {
        const int Capacity = 20;
        var step = Gen.Choose(0, 60).SelectMany(key => Gen.Choose(0, 20).Select(seconds => (key, seconds)));
        Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            var told = new RecentlyReported<int>(Capacity);
            var (now, last, takes) = (Start, new Dictionary<int, (DateTimeOffset At, int Takes)>(), 0);
            foreach (var (key, seconds) in steps)
            {
                now += TimeSpan.FromSeconds(seconds);
                var taken = told.TryAdd(key, now, Pause);
                var known = last.TryGetValue(key, out var before);
                if (!taken && (!known || now - before.At >= Pause)) return false;
                if (taken && known && now - before.At < Pause && takes - before.Takes < Capacity / 2) return false;
                if (taken) last[key] = (now, ++takes);
                if (told.Count > Capacity) return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
