using FsCheck;
using FsCheck.Fluent;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.Hosting;

[Trait("Threat", "T67")]
public sealed class ConnectionCountsTests
{
    private const int Most = 3;

    /// <summary>Each number opens a connection of a network; a number that comes again when the network is full is refused.</summary>
    [Fact]
    public void OpensAndCloses_InAnyOrder_AreCountedExactlyAndEndAtNothing() => Prop.ForAll(
        Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 4), Gen.Elements(true, false))).ToArbitrary(),
        steps =>
        {
            var counts = new ConnectionCounts(Most);
            var open = new int[5];
            foreach (var (network, opens) in steps)
            {
                if (opens)
                {
                    counts.TryOpen((ulong)network).ShouldBe(open[network] < Most);
                    open[network] = Math.Min(Most, open[network] + 1);
                }
                else if (open[network] > 0)
                {
                    counts.Close((ulong)network);
                    open[network]--;
                }

                counts.Networks.ShouldBe(open.Count(some => some > 0));
            }

            for (var network = 0; network < open.Length; network++)
            {
                for (; open[network] > 0; open[network]--) counts.Close((ulong)network);
            }

            counts.Networks.ShouldBe(0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task OpensAndCloses_OfManyThreads_NeverExceedTheMostAndEndAtNothing()
    {
        const int most = 4, networks = 2;
        var counts = new ConnectionCounts(most);
        var (open, exceeded) = (new int[networks], 0);
        using var together = new Barrier(8);

        await Task.WhenAll(Enumerable.Range(0, together.ParticipantCount).Select(i => Task.Factory.StartNew(() => Work(i), TaskCreationOptions.LongRunning)));

        exceeded.ShouldBe(0);
        counts.Networks.ShouldBe(0);
        for (var i = 0; i < most; i++) counts.TryOpen(0).ShouldBeTrue("none was forgotten");
        counts.TryOpen(0).ShouldBeFalse();

        void Work(int i)
        {
            together.SignalAndWait();
            for (var round = 0; round < 20_000; round++)
            {
                var network = (i + round) % networks;
                if (!counts.TryOpen((ulong)network)) continue;
                if (Interlocked.Increment(ref open[network]) > most) Interlocked.Increment(ref exceeded);
                Interlocked.Decrement(ref open[network]);
                counts.Close((ulong)network);
            }
        }
    }
}
