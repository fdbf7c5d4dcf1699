using FsCheck;
using FsCheck.Fluent;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Tests.Measuring;

/// <summary>The benchmarks' histogram against sorted samples: what it promises of percentiles holds for any sample.</summary>
public sealed class LatencyHistogramTests
{
    private const long Hour = 3_600_000_000_000;

    /// <summary>From a nanosecond to an hour, every power of two as likely.</summary>
    private static readonly Gen<long> Latency = Gen.Zip(Gen.Choose(0, 41), Gen.Choose(0, int.MaxValue))
        .Select(drawn => Math.Min(Hour, (1L << drawn.Item1) + (long)(drawn.Item2 / (double)int.MaxValue * (1L << drawn.Item1))));

    [Fact]
    public void Percentile_OfAnySample_IsTheRankedValueOrAtMostOnePercentAbove()
    {
        var samples = Gen.NonEmptyListOf(Gen.Zip(Latency, Gen.Elements(false, true)));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(400), Prop.ForAll(Arb.From(samples), sample =>
        {
            var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
            foreach (var (value, shared) in sample)
            {
                if (shared) other.RecordShared(value);
                else one.Record(value);
            }

            one.Add(other);
            var sorted = sample.Select(s => s.Item1).Order().ToArray();
            one.Count.ShouldBe(sorted.Length);
            one.Max.ShouldBe(sorted[^1]);
            foreach (var percent in new[] { 0.1, 50, 90, 99, 99.9, 100 })
            {
                var exact = sorted[Math.Max(1, (int)Math.Ceiling(sorted.Length * percent / 100)) - 1];
                one.Percentile(percent).ShouldBeInRange(exact, exact + (exact / 100));
            }
        }));
    }

    [Fact]
    public void IndexOf_AnyValue_LiesInItsBucketAndBucketsFollowEachOther()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Arb.From(Latency), value =>
        {
            var index = LatencyHistogram.IndexOf(value);
            LatencyHistogram.UpperBound(index).ShouldBeGreaterThanOrEqualTo(value);
            if (index > 0) LatencyHistogram.UpperBound(index - 1).ShouldBeLessThan(value);
        }));
    }

    [Fact]
    public void Percentile_OfNothing_IsZero() => new LatencyHistogram().Percentile(99).ShouldBe(0);
}
