using System.Collections.Immutable;
using Platform.Api.RateLimiting;
using Platform.RateLimiting;

namespace Platform.Api.Tests.RateLimiting;

/// <summary>Several hosts and the grain of one limit (threat T70, decision 103).</summary>
public sealed class SharedRateLimitTests
{
    private const int Quota = 60;
    private const int Hosts = 3;

    private readonly ManualTimeProvider _time = new();
    private readonly Grain _grain;

    public SharedRateLimitTests() => _grain = new Grain(_time);

    /// <summary>Clients of all kinds: to one host, round all of them, at once, in drops. Whatever they do, they get what the quota says, and what hosts let through before they told each other.</summary>
    [Theory, Trait("Threat", "T70")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Acquire_AtManyHosts_LetsThroughWhatOneWould(int seed)
    {
        var random = new Random(seed);
        var hosts = Enumerable.Range(0, Hosts).Select(_ => new Host(_grain, _time)).ToArray();
        var (admitted, began) = (0, _time.GetTimestamp());
        for (var step = 0; step < 3_000; step++)
        {
            // A few calls at hosts that have not told each other of them.
            for (var calls = random.Next(0, 4); calls > 0; calls--)
            {
                if (hosts[random.Next(Hosts)].Limiter.TryAcquire(1, out _, out _)) admitted++;
            }

            foreach (var host in hosts) await host.Shared.ExchangeAsync(default);
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(0, 100)));
            var most = Quota + (_time.GetElapsedTime(began) / TimeSpan.FromMinutes(1) * Quota) + (Hosts * 3);
            ((double)admitted).ShouldBeLessThanOrEqualTo(most);
        }

        ((double)admitted).ShouldBeGreaterThan(0.9 * _time.GetElapsedTime(began) / TimeSpan.FromMinutes(1) * Quota, "nobody gets less than is set");
    }

    [Fact, Trait("Threat", "T70")]
    public async Task Acquire_EachHostEmptiedBeforeItCouldTell_IsOwedAfterwards()
    {
        var hosts = Enumerable.Range(0, Hosts).Select(_ => new Host(_grain, _time)).ToArray();
        foreach (var host in hosts) Drain(host).ShouldBe(Quota);

        // The first one hears of all at its next word, and has to wait for three windows.
        foreach (var host in hosts) await host.Shared.ExchangeAsync(default);
        _time.Advance(TimeSpan.FromMinutes(2));
        hosts[2].Limiter.TryAcquire(1, out _, out var wait).ShouldBeFalse();
        wait.ShouldBe(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(10));
        Drain(hosts[2]).ShouldBe(10);
    }

    [Fact]
    public async Task Exchange_TheGrainFails_TellsTheSameLater()
    {
        var (one, other) = (new Host(_grain, _time), new Host(_grain, _time));
        Drain(one);
        _grain.Failure = new TimeoutException();
        await Should.ThrowAsync<TimeoutException>(() => one.Shared.ExchangeAsync(default));
        other.Limiter.TryAcquire(1, out _, out _).ShouldBeTrue("it counts for itself");

        _grain.Failure = null;
        await one.Shared.ExchangeAsync(default);
        await other.Shared.ExchangeAsync(default);
        other.Limiter.TryAcquire(1, out _, out _).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T71")]
    public void Draw_MoreKeysThanThereIsRoom_StaysBoundedAndForgetsThoseThatAreWhole()
    {
        var budgets = new SharedBudgets(capacity: 10);
        var second = TimeSpan.FromSeconds(1);
        for (var i = 0; i < 100; i++) budgets.Draw(new BudgetDraw($"{i}", 3), second, TimeSpan.Zero).ShouldBe(3 * second);
        budgets.Count.ShouldBe(10);
        budgets.Draw(new BudgetDraw("9", 1), second, 2 * second).ShouldBe(2 * second);
        budgets.Draw(new BudgetDraw("new", 1), second, 3 * second).ShouldBe(second);
        budgets.Count.ShouldBe(2, "the others were whole");
    }

    private static int Drain(Host host)
    {
        var admitted = 0;
        while (host.Limiter.TryAcquire(1, out _, out _)) admitted++;
        return admitted;
    }

    private sealed class Host
    {
        public Host(Grain grain, TimeProvider time)
        {
            Limiter = new RateLimiter<ulong>("x", Quota, 1_000, time);
            Limiter.Share(() => { });
            Shared = new SharedRateLimit<ulong>(Limiter, grain);
        }

        public RateLimiter<ulong> Limiter { get; }

        public SharedRateLimit<ulong> Shared { get; }
    }

    /// <summary>As the real one, without a silo.</summary>
    private sealed class Grain(TimeProvider time) : IRateLimitGrain
    {
        private readonly SharedBudgets _budgets = new(1_000);
        private readonly long _begin = time.GetTimestamp();

        public Exception? Failure { get; set; }

        public Task<ImmutableArray<TimeSpan>> DrawAsync(BudgetDraws draws, CancellationToken cancellationToken) => Failure is null
            ? Task.FromResult(draws.Draws.Select(draw => _budgets.Draw(draw, draws.PerCall, time.GetElapsedTime(_begin))).ToImmutableArray())
            : Task.FromException<ImmutableArray<TimeSpan>>(Failure);
    }
}
