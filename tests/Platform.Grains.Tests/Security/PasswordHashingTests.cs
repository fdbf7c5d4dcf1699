using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;
using Platform.Security;
using Platform.Sessions;
using Platform.Telemetry;

namespace Platform.Grains.Tests.Security;

public sealed class PasswordHashingTests : IDisposable
{
    private const string Password = "Quiet-Harbour-71";

    private static readonly HashingCaller Someone = new(IsKnown: false, "tenant", "network");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<LiveSessions>().AddSingleton<PlatformMetrics>().BuildServiceProvider();
    private readonly MetricCollector<long> _hashes;

    public PasswordHashingTests() => _hashes = new MetricCollector<long>(_services.GetRequiredService<IMeterFactory>(), PlatformMetrics.MeterName, "platform.password.hashes");

    public void Dispose()
    {
        _hashes.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Hash_AtTheDefaultCost_IsStoredAsThePlatformPromises()
    {
        using var hashing = new PasswordHashingQueue(Options.Create(new PasswordHashingOptions()), Metrics, TimeProvider.System);
        var hash = (await hashing.HashAsync(Someone, Password, default)).ShouldNotBeNull();
        hash.ShouldStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
        hash.Length.ShouldBe(97);
        (await hashing.VerifyAsync(Someone, hash, Password, default)).ShouldBe(PasswordCheck.Right);
        (await hashing.VerifyAsync(Someone, hash, "Quiet-Harbour-72", default)).ShouldBe(PasswordCheck.Wrong);
    }

    [Fact, Trait("Threat", "T13")]
    public async Task Verify_PasswordInAnotherUnicodeForm_IsRight()
    {
        using var hashing = Cheap();
        var hash = await hashing.HashAsync(Someone, "Gr\u00fcn-Haus-77", default);
        (await hashing.VerifyAsync(Someone, hash, "Gru\u0308n-Haus-77", default)).ShouldBe(PasswordCheck.Right);
    }

    [Theory]
    [InlineData(128, 1)]
    [InlineData(64, 2)]
    [InlineData(128, 2)]
    public async Task Verify_HashBelowTodaysCost_IsOutdatedOnlyWhereThePasswordIsRight(int memory, int passes)
    {
        using var before = Cheap();
        using var today = Cheap(new Argon2Cost(memory, passes));
        var hash = await before.HashAsync(Someone, Password, default);
        (await today.VerifyAsync(Someone, hash, Password, default)).ShouldBe(PasswordCheck.RightButOutdated);
        (await today.VerifyAsync(Someone, hash, "Quiet-Harbour-72", default)).ShouldBe(PasswordCheck.Wrong);
        (await before.VerifyAsync(Someone, await today.HashAsync(Someone, Password, default), Password, default)).ShouldBe(PasswordCheck.Right, "a cost that was lowered again leaves the better hash");
    }

    /// <summary>The first too: it told by its time that it was the first of its process when the decoy was made for it.</summary>
    [Fact, Trait("Threat", "T2")]
    public async Task Verify_WithoutAHash_IsWrongAfterOneHash()
    {
        using var hashing = Cheap();
        for (var i = 1; i <= 3; i++)
        {
            (await hashing.VerifyAsync(Someone, null, Password, default)).ShouldBe(PasswordCheck.Wrong);
            Counted.ShouldBe(i);
        }
    }

    [Theory, Trait("Threat", "T2")]
    [InlineData("")]
    [InlineData("never compared")]
    [InlineData("$argon2id$v=19$m=1048577,t=2,p=1$c2l4dGVlbi1ieXRlLXNsdA$NAAvZCH3B8DOEwbMc0pIhDlhSro6MD+yHbZbK1xOZJ4")]
    public async Task Verify_MalformedHash_IsAFailureAfterOneHash(string stored)
    {
        using var hashing = Cheap();
        var failure = await Should.ThrowAsync<InvalidDataException>(() => hashing.VerifyAsync(Someone, stored, Password, default));
        if (stored.Length > 0) failure.ToString().ShouldNotContain(stored);
        Counted.ShouldBe(1);
        (await hashing.VerifyAsync(Someone, null, Password, default)).ShouldBe(PasswordCheck.Wrong, "the thread goes on");
    }

    [Theory]
    [InlineData(19_455, 2)]
    [InlineData(19_456, 1)]
    [InlineData(64, 1)]
    public void Constructor_CostBelowTheFloor_IsRefused(int memory, int passes) => Should.Throw<ArgumentOutOfRangeException>(
        () => new PasswordHashingQueue(Options.Create(new PasswordHashingOptions { MemoryKiB = memory, Passes = passes }), Metrics, TimeProvider.System));

    /// <summary>A machine that is full of something else keeps the threads from running: sign-ins go on, slowly.</summary>
    [Fact]
    public async Task Hash_WhileNoThreadRuns_IsComputedByTheRelief()
    {
        var time = new ManualTimeProvider();
        using var hashing = Cheap(time, threads: 0);
        var (first, second) = (hashing.HashAsync(Someone, Password, default), hashing.HashAsync(Someone, Password, default));

        time.Advance(HashingStall.Patience / 2);
        time.Advance(HashingStall.Patience / 2);
        (await first).ShouldNotBeNull();

        second.IsCompleted.ShouldBeFalse("one for each look");
        time.Advance(HashingStall.Patience);
        (await second).ShouldNotBeNull();
    }

    [Fact]
    public async Task Hash_WhoseThreadStandsStill_IsComputedByTheReliefOnce()
    {
        var time = new ManualTimeProvider();
        using var hashing = Cheap(time, threads: 1);
        using var begun = new SemaphoreSlim(0);
        using var stuck = new ManualResetEventSlim();
        var runs = 0;
        var result = hashing.RunAsync(
            Someone,
            () =>
            {
                if (Interlocked.Increment(ref runs) == 1)
                {
                    begun.Release();
                    stuck.Wait();
                }

                return runs;
            },
            default);
        await begun.WaitAsync();

        time.Advance(HashingStall.Patience);

        (await result).ShouldBe(2);
        Counted.ShouldBe(1, "one password, one hash");
        time.Advance(HashingStall.Patience * 2);
        stuck.Set();
        (await hashing.HashAsync(Someone, Password, default)).ShouldNotBeNull("the thread goes on");
        runs.ShouldBe(2);
    }

    [Fact]
    public async Task Hash_WhereThreadsRun_NeedsNoRelief()
    {
        var time = new ManualTimeProvider();
        using var stalls = new MetricCollector<long>(_services.GetRequiredService<IMeterFactory>(), PlatformMetrics.MeterName, "platform.password.hash.stalls");
        using var hashing = Cheap(time, threads: 1);

        for (var i = 0; i < 5; i++)
        {
            (await hashing.HashAsync(Someone, Password, default)).ShouldNotBeNull();
            time.Advance(HashingStall.Patience * 3);
        }

        stalls.GetMeasurementSnapshot().ShouldBeEmpty("nobody waited meanwhile");
    }

    private PlatformMetrics Metrics => _services.GetRequiredService<PlatformMetrics>();

    private long Counted => _hashes.GetMeasurementSnapshot().Sum(measured => measured.Value);

    private PasswordHashingQueue Cheap() => Cheap(CheapHashing.Cost);

    private PasswordHashingQueue Cheap(Argon2Cost cost) => new(cost, new PasswordHashingOptions { Threads = 1 }, Metrics, TimeProvider.System);

    private PasswordHashingQueue Cheap(TimeProvider time, int threads) => new(CheapHashing.Cost, new PasswordHashingOptions { Threads = threads }, Metrics, time);
}
