using Platform.Benchmarks.Load;

namespace Platform.Benchmarks.Tests.Load;

/// <summary>What is sent, and what of it is counted; by clients that answer from memory.</summary>
public sealed class LoadRunTests
{
    private static readonly LoadSessions Sessions = new(["one", "two", "three"], [new Credentials("acme", "alice", "secret")]) { ApiKey = "key" };

    [Fact]
    public async Task Measure_OpenLoop_SendsAllOfThePlanAndEachHostItsPart()
    {
        var clients = Clients(hosts: 2, connections: 3, _ => Ok);
        using var run = await MeasureAsync(Options("peek=100", rate: 500), clients);
        run.Outcomes[LoadCall.Peek].Count.ShouldBe(100);
        (run.Unsent, run.Abandoned, run.Outcomes[LoadCall.Peek].Failed).ShouldBe((0, 0, 0));
        clients.Select(own => own.Sum(client => client.Sent)).ShouldBe([50, 50]);
        run.Timeline.Points.Sum(point => point.Answered).ShouldBe(100);
    }

    [Fact]
    public async Task Measure_OneStalls_LatencyCountsFromWhenARequestWasDue()
    {
        // The only connection has no answer until all are due: the others waited, and each says so.
        var released = new TaskCompletionSource();
        var sent = 0;
        var clients = Clients(hosts: 1, connections: 1, async _ =>
        {
            if (sent++ == 0) await released.Task;
            return Ok;
        });
        using var run = new LoadRun(Options("peek=100", rate: 100), new LoadPlan(LoadMix.Parse("peek=100"), Sessions), clients);
        var measuring = run.MeasureAsync(CancellationToken.None);
        while (run.Waiting < 20) await Task.Yield();
        released.SetResult();
        await measuring;
        var outcomes = run.Outcomes[LoadCall.Peek];
        outcomes.Count.ShouldBe(20);
        outcomes.FromSent.Percentile(50).ShouldBeLessThan(outcomes.FromDue.Percentile(50));
        outcomes.FromDue.Max.ShouldBeGreaterThanOrEqualTo(190_000_000);
        outcomes.FromDue.Percentile(50).ShouldBeGreaterThanOrEqualTo(90_000_000);
    }

    [Fact]
    public async Task Measure_Faults_AreCountedByStatusAndKind()
    {
        var clients = Clients(hosts: 1, connections: 1, call => (call % 4) switch
        {
            0 => Ok,
            1 => new LoadAnswer(503, []),
            2 => new LoadAnswer(401, []),
            _ => throw new LoadFailure(LoadFailure.TimedOut, unreachable: false, new TimeoutException()),
        });
        using var run = await MeasureAsync(Options("peek=100", rate: 500), clients);
        var peek = run.Outcomes[LoadCall.Peek];
        (peek.Count, peek.Failed).ShouldBe((100, 75));
        peek.Faults.ShouldBe(new Dictionary<string, long> { ["401"] = 25, ["503"] = 25, ["timed out"] = 25 }, ignoreOrder: true);
        run.Timeline.Points.Sum(point => point.Errors).ShouldBe(75);
    }

    [Fact]
    public async Task Measure_SignIn_EndsWhatItOpensBesideTheRate()
    {
        var clients = Clients(hosts: 1, connections: 2, _ => new LoadAnswer(200, """{"outcome":"signed_in","token":"opened"}"""u8.ToArray()));
        using var run = await MeasureAsync(Options("sign-in=100", rate: 100), clients);
        run.Total().Count.ShouldBe(20);
        run.Outcomes[LoadCall.SignOut].Count.ShouldBe(20);

        // The client answers a sign-out with 200, which is not how one is answered.
        run.Outcomes[LoadCall.SignOut].Faults.ShouldBe(new Dictionary<string, long> { ["200"] = 20 });
    }

    [Fact]
    public async Task Measure_ClosedLoop_SendsUntilTheTimeIsOver()
    {
        var clients = Clients(hosts: 2, connections: 2, _ => Ok);
        using var run = await MeasureAsync(Options("peek=50,validate=50", rate: null), clients);
        var counts = (run.Outcomes[LoadCall.Peek].Count, run.Outcomes[LoadCall.Validate].Count);
        counts.Item1.ShouldBeGreaterThan(0);
        run.Total().Count.ShouldBe(clients.Sum(own => own.Sum(client => (long)client.Sent)));
        run.Unsent.ShouldBe(0);
    }

    [Fact]
    public async Task Measure_Interrupted_KeepsWhatWasMeasuredAndTellsWhatWasUnderWay()
    {
        using var interrupt = new CancellationTokenSource();
        var clients = Clients(hosts: 1, connections: 2, call =>
        {
            if (call == 10) interrupt.Cancel();
            return Ok;
        });
        using var run = new LoadRun(Options("peek=100", rate: 100) with { Duration = TimeSpan.FromHours(1) }, new LoadPlan(LoadMix.Parse("peek=100"), Sessions), clients);
        await run.MeasureAsync(interrupt.Token);
        run.Interrupted.ShouldBeTrue();
        run.Outcomes[LoadCall.Peek].Count.ShouldBeInRange(11, 12);
        (run.Outcomes[LoadCall.Peek].Count + run.Abandoned + run.Unsent).ShouldBeLessThan(30);
    }

    [Theory]
    [InlineData("validate", 204, "", null)]
    [InlineData("validate", 200, "", "200")]
    [InlineData("introspect", 200, """{"active":true}""", null)]
    [InlineData("introspect", 200, """{"active":false}""", "200, not active")]
    [InlineData("sign-in", 200, """{"outcome":"second_factor_required"}""", "200, no token")]
    [InlineData("sign-in", 200, "<html>", "200, no token")]
    [InlineData("sign-in", 429, "", "429")]
    public void Fault_AnAnswer_SaysWhatIsWrong(string call, int status, string body, string? fault) =>
        LoadCall.All.Single(known => known.Name == call).Fault(new LoadAnswer(status, System.Text.Encoding.UTF8.GetBytes(body))).ShouldBe(fault);

    private static LoadAnswer Ok => new(200, []);

    private static LoadOptions Options(string mix, int? rate) => new()
    {
        Urls = [],
        Users = [],
        Mix = LoadMix.Parse(mix),
        Versions = [],
        Rate = rate ?? 1,
        Closed = rate is null,
        Duration = TimeSpan.FromMilliseconds(200),
        Timeout = TimeSpan.FromSeconds(60),
    };

    private static async Task<LoadRun> MeasureAsync(LoadOptions options, MemoryClient[][] clients)
    {
        var run = new LoadRun(options, new LoadPlan(options.Mix, Sessions), clients);
        await run.MeasureAsync(CancellationToken.None);
        return run;
    }

    private static MemoryClient[][] Clients(int hosts, int connections, Func<int, LoadAnswer> answer) => Clients(hosts, connections, call => Task.FromResult(answer(call)));

    private static MemoryClient[][] Clients(int hosts, int connections, Func<int, Task<LoadAnswer>> answer)
    {
        var calls = new Counter();
        return [.. Enumerable.Range(0, hosts).Select(_ => Enumerable.Range(0, connections).Select(_ => new MemoryClient(() => answer(Interlocked.Increment(ref calls.Value) - 1))).ToArray())];
    }

    private sealed class Counter
    {
        public int Value;
    }

    private sealed class MemoryClient(Func<Task<LoadAnswer>> answer) : ILoadClient
    {
        public int Sent { get; private set; }

        public async ValueTask<LoadAnswer> SendAsync(LoadRequest request)
        {
            Sent++;
            await Task.Yield();
            return await answer();
        }

        public void EndLate(TimeSpan timeout)
        {
        }

        public void Abort()
        {
        }

        public void Dispose()
        {
        }
    }
}
