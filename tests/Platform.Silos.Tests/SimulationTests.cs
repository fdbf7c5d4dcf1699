using System.Globalization;
using System.Security.Cryptography;
using Platform.Sessions;
using Platform.Silos.Tests.Hosting;

namespace Platform.Silos.Tests;

/// <summary>
/// Random acts on random silos, silos that leave and join, and a clock that goes on, against what the rules say: a session is live on all silos until the act that ended it was
/// answered or a timeout is over, and on none from then on.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Steps = 400;

    /// <summary>Repeats a run, as far as threads allow.</summary>
    private const string SeedVariable = "PLATFORM_TEST_SEED";

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Absolute = TimeSpan.FromDays(1);

    private readonly List<Expected> _sessions = [];

    [Fact, Trait("Threat", "T31"), Trait("Threat", "T38"), Trait("Threat", "T40")]
    public async Task AnySequence_OnAnySilos_AgreesWithTheRules()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
        await using var cluster = await SiloCluster.StartAsync();
        var scene = await Scene.CreateAsync(cluster);
        for (var step = 0; step < Steps; step++)
        {
            var (silo, act) = (cluster[random.Next(cluster.Silos.Count)], random.Next(100));
            if (act < 30) await SignInAsync(cluster, scene, silo);
            else if (act < 60 && Pick(random) is { } touched) await TouchAsync(cluster, silo, touched);
            else if (act < 75 && Pick(random) is { } ended) await SignOutAsync(silo, ended);
            else if (act < 77) await RevokeAllAsync(scene, silo);
            else if (act < 79) await LeaveOrJoinAsync(cluster, silo);
            else if (act < 95) cluster.Time.Advance(TimeSpan.FromMinutes(random.Next(1, 12)));
            else cluster.Time.Advance(TimeSpan.FromHours(random.Next(1, 8)));
            if (Pick(random) is { } asked) await CheckAsync(cluster, asked, $"seed {seed}, step {step}");
        }

        foreach (var session in _sessions) await CheckAsync(cluster, session, $"seed {seed}, at the end");
        output.WriteLine($"{_sessions.Count} sessions, {_sessions.Count(session => session.Ended)} ended by an act, {cluster.Silos.Count} silos at the end");
        _sessions.Count.ShouldBeGreaterThan(Steps / 10);
    }

    private Expected? Pick(Random random) => _sessions.Count == 0 ? null : _sessions[random.Next(Math.Max(0, _sessions.Count - 40), _sessions.Count)];

    private async Task SignInAsync(SiloCluster cluster, Scene scene, TestSilo silo) => _sessions.Add(new Expected(await scene.SignInAsync(silo), cluster.Time.GetUtcNow()));

    private static async Task TouchAsync(SiloCluster cluster, TestSilo silo, Expected session)
    {
        var (now, was) = (cluster.Time.GetUtcNow(), session.IsLive(cluster.Time.GetUtcNow()));
        var check = await silo.Grains.Session(session.Opened.Id).TouchAsync(session.Opened.SecretHash, null, null, default);
        (check.State == SessionState.Live).ShouldBe(was, $"touch of {session}");
        if (was) session.LastActivity = now;
    }

    private static async Task SignOutAsync(TestSilo silo, Expected session)
    {
        await silo.Grains.Session(session.Opened.Id).SignOutAsync(session.Opened.SecretHash, SiloCalls.Client, default);
        session.Ended = true;
    }

    private async Task RevokeAllAsync(Scene scene, TestSilo silo)
    {
        (await silo.Grains.Tenant(scene.Tenant.Id).RevokeSessionsAsync(scene.Owner, default)).Succeeded.ShouldBeTrue();
        foreach (var session in _sessions) session.Ended = true;
    }

    private static async Task LeaveOrJoinAsync(SiloCluster cluster, TestSilo silo)
    {
        if (cluster.Silos.Count > 2) await cluster.StopAsync(silo);
        else await cluster.AddAsync();
    }

    private static async Task CheckAsync(SiloCluster cluster, Expected session, string when)
    {
        var expected = session.IsLive(cluster.Time.GetUtcNow());
        var states = await Task.WhenAll(cluster.Silos.Select(silo => silo.ValidateInTheEndAsync(session.Opened.Id, session.Opened.SecretHash)));
        states.ShouldAllBe(state => state == SessionState.Live == expected, $"{when}: {session}");
    }

    private sealed record Expected(OpenedSession Opened, DateTimeOffset CreatedAt)
    {
        public DateTimeOffset LastActivity { get; set; } = CreatedAt;

        public bool Ended { get; set; }

        public bool IsLive(DateTimeOffset now) => !Ended && now < LastActivity + Idle && now < CreatedAt + Absolute;
    }
}
