using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Sessions;

/// <summary>Both timeouts on the machine's clock, through HTTPS and over a crash (row TIMEOUT).</summary>
public sealed class TimeoutTests(ITestOutputHelper output) : ProcessTest(output)
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Absolute = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PeekEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>A tenth of the least idle timeout: what a crash may forget.</summary>
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);

    private static readonly (string, string)[] Settings =
    [
        ("Platform__Sessions__IdleTimeout", $"{Idle:c}"),
        ("Platform__Sessions__AbsoluteTimeout", $"{Absolute:c}"),
        ("Platform__Sessions__MinIdleTimeout", "00:00:01"),
    ];

    [Fact]
    [Trait("Threat", "T38")]
    public async Task Session_PeekedOrTouched_DiesAtIdleOrAbsoluteTimeout()
    {
        var platform = await StartAsync(Settings);
        var (peeked, touched) = (await platform.SignInAsync(), await platform.SignInAsync());

        var deaths = await Task.WhenAll(
            WatchAsync(PeekEvery, () => platform.PeekAsync(peeked.Token)),
            WatchAsync(TouchEvery, () => platform.TouchAsync(touched.Token)));

        deaths[0].ShouldBeBetween(peeked.CreatedAt + Idle - Tolerance, peeked.CreatedAt + Idle + Tolerance);
        deaths[1].ShouldBeBetween(touched.CreatedAt + Absolute - Tolerance, touched.CreatedAt + Absolute + Tolerance);
        touched.AbsoluteExpiresAt.ShouldBe(touched.CreatedAt + Absolute);
    }

    [Fact]
    [Trait("Threat", "T38"), Trait("Fault", "F1")]
    public async Task Session_IdleOverACrash_DiesAtIdleTimeout()
    {
        var platform = await StartAsync(Settings);
        var session = await platform.SignInAsync();
        var activity = await TouchUntilAsync(platform, session, session.CreatedAt + TimeSpan.FromSeconds(1));
        await platform.KillAsync();
        platform = await RestartAsync(platform);

        var death = await WatchAsync(PeekEvery, () => platform.PeekAsync(session.Token));

        Output.WriteLine($"last activity +{(death.LastLive - activity)?.TotalMilliseconds:F0} ms was live, +{(death.Refused - activity).TotalMilliseconds:F0} ms refused");
        death.ShouldBeBetween(activity + Idle - FlushInterval - Tolerance, activity + Idle + Tolerance);
    }

    [Fact]
    [Trait("Threat", "T38"), Trait("Fault", "F1")]
    public async Task Session_TouchedOverACrash_DiesAtAbsoluteTimeout()
    {
        // On a machine on which a start takes long, the rule is longer: the session must live to see the second process. The idle timeout is only just shorter.
        var platform = await StartAsync(Settings);
        var absolute = TimeSpan.FromSeconds(Math.Max(Absolute.TotalSeconds, Math.Ceiling(3 * platform.StartedIn.TotalSeconds) + 3));
        await platform.KillAsync();
        platform = await StartAsync(
            [.. Settings, ("Platform__Sessions__AbsoluteTimeout", $"{absolute:c}"), ("Platform__Sessions__IdleTimeout", $"{absolute - TimeSpan.FromSeconds(1):c}")],
            platform.OperatorPassword);
        var session = await platform.SignInAsync();
        await TouchUntilAsync(platform, session, session.CreatedAt + TimeSpan.FromSeconds(2));
        await platform.KillAsync();
        platform = await RestartAsync(platform);

        var death = await WatchAsync(TouchEvery, () => platform.TouchAsync(session.Token));

        death.LastLive.ShouldNotBeNull("it survived the crash");
        death.ShouldBeBetween(session.CreatedAt + absolute - Tolerance, session.CreatedAt + absolute + Tolerance);
    }

    [Fact]
    [Trait("Fault", "F1")]
    public async Task Activity_OlderThanTheFlushIntervalAtACrash_IsNotForgotten()
    {
        var platform = await StartAsync(("Platform__Sessions__MinIdleTimeout", "00:00:01"));
        var session = await platform.SignInAsync();
        var touches = new List<DateTimeOffset>();
        using var timer = new PeriodicTimer(FlushInterval, Time);
        while (Time.GetUtcNow() < session.CreatedAt + TimeSpan.FromSeconds(3) && await timer.WaitForNextTickAsync())
        {
            touches.Add(LastActivity(await platform.TouchAsync(session.Token)));
        }

        // The tolerance is for a busy machine to write; what was touched before it and the interval is in the database.
        var safe = touches.Last(touch => touch < Time.GetUtcNow() - FlushInterval - Tolerance);
        await platform.KillAsync();
        platform = await RestartAsync(platform);

        var found = LastActivity(await platform.PeekAsync(session.Token));

        Output.WriteLine($"{touches.Count} touches, of the last {(touches[^1] - found).TotalMilliseconds:F0} ms were forgotten");
        found.ShouldBeInRange(safe, touches[^1]);
    }

    private static DateTimeOffset LastActivity(Answer answer) =>
        answer.ShouldBe(System.Net.HttpStatusCode.OK).Json.GetProperty("lastActivityAt").GetDateTimeOffset();

    /// <returns>The last activity that was acknowledged.</returns>
    private async Task<DateTimeOffset> TouchUntilAsync(PlatformProcess platform, SignedIn session, DateTimeOffset end)
    {
        var activity = session.CreatedAt;
        using var timer = new PeriodicTimer(TouchEvery / 2, Time);
        while (Time.GetUtcNow() < end && await timer.WaitForNextTickAsync())
        {
            activity = LastActivity(await platform.TouchAsync(session.Token));
        }

        return activity;
    }

    private static async Task<Death> WatchAsync(TimeSpan every, Func<Task<Answer>> call)
    {
        DateTimeOffset? lastLive = null;
        using var timer = new PeriodicTimer(every, Time);
        while (await timer.WaitForNextTickAsync())
        {
            var answer = await call();
            if (answer.IsRefused) return new Death(lastLive, answer.AnsweredAt);
            answer.ShouldBe(System.Net.HttpStatusCode.OK);
            lastLive = answer.SentAt;
        }

        throw new InvalidOperationException("The timer ended.");
    }

    /// <param name="LastLive">When the last call that was answered with the session was sent.</param>
    /// <param name="Refused">When the first refusal was there.</param>
    private sealed record Death(DateTimeOffset? LastLive, DateTimeOffset Refused)
    {
        public void ShouldBeBetween(DateTimeOffset earliest, DateTimeOffset latest)
        {
            Refused.ShouldBeGreaterThan(earliest, "refused too early");
            (LastLive ?? DateTimeOffset.MinValue).ShouldBeLessThan(latest, "accepted too late");
        }
    }
}
