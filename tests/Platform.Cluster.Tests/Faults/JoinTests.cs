using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Faults;

/// <summary>A node that joins while policies change obeys the current ones.</summary>
public sealed class JoinTests(ITestOutputHelper output) : ClusterTest(output)
{
    private const int RoundsAfter = 5;

    private readonly Ledger _ledger = new();

    [Fact, Trait("Threat", "T40"), Trait("Threat", "T31")]
    public async Task Join_WhileAllSessionsOfATenantAreRevoked_AcceptsNoneOfThem()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        await using var load = new Load(Cluster, _ledger, tenant, churn: false);
        using var joined = new CancellationTokenSource();
        var switching = Task.Run(SwitchAsync);
        var fourth = Cluster.NewNode();
        load.Include(fourth);
        await Cluster.JoinAsync(fourth);
        Measured($"a fourth node was ready {fourth.Platform.StartedIn.TotalSeconds:F1} s after its start");
        await joined.CancelAsync();
        var rounds = await switching;
        await load.StopAsync();
        Measured($"all sessions ended {rounds} times; {load}");
        load.Violations.ShouldBeEmpty();
        load.Count(fourth, "ok").ShouldBeGreaterThan(0);
        load.Count(fourth, "refused").ShouldBeGreaterThan(0);
        (await CheckAllAsync(_ledger)).ShouldBeEmpty();

        // New sessions, looked at everywhere, and ended with one write.
        async Task<int> SwitchAsync()
        {
            var (done, after) = (0, 0);
            for (; after < RoundsAfter; done++)
            {
                if (joined.IsCancellationRequested) after++;
                var sessions = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => SignInAsync(Cluster[done + i].Platform)));
                foreach (var session in sessions) _ledger.SignedIn(session.Token);
                await load.AnswersAsync(30);
                foreach (var session in sessions) _ledger.TryTake(session.Token).ShouldBeTrue();
                await EndAllAsync(Cluster[done].Platform, sessions[0].Token);
                foreach (var session in sessions) _ledger.SignedOut(session.Token);
            }

            return done;
        }

        async Task<SignedIn> SignInAsync(PlatformProcess platform) =>
            SignedIn.Of(await Until.AnsweredAsync(() => platform.TrySignInAsync(tenant.Slug, "owner", ApiCalls.Password)));

        // One that was answered 503 may have taken effect: then the token by which it is asked again has ended, too.
        async Task EndAllAsync(PlatformProcess platform, string token)
        {
            var outages = 0;
            var answer = await Until.AnsweredAsync(async () =>
            {
                var answer = await platform.SendAsync("DELETE", tenant.PathOf("/sessions"), token: token);
                if (answer.IsOutage) outages++;
                return answer;
            });
            if (outages == 0 || !answer.IsRefused) answer.ShouldBe(HttpStatusCode.Accepted);
        }
    }
}
