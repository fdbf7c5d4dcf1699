using FsCheck;
using FsCheck.Fluent;
using Platform.SignIn;

namespace Platform.Grains.Tests.SignIn;

public sealed class SignInThrottleStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact, Trait("Threat", "T4")]
    public void Failed_FiveTimes_BlocksForAMinuteThenTwiceAsLongUpToAnHour()
    {
        var state = new SignInThrottleState();
        var now = Start;
        var waits = new List<double>();
        for (var round = 0; round < 8; round++)
        {
            for (var i = 0; i < 5; i++)
            {
                state.WaitFor("a", now).ShouldBeNull();
                state = state.Failed("a", now);
            }

            var wait = state.WaitFor("a", now).ShouldNotBeNull();
            waits.Add(wait.TotalMinutes);
            now += wait;
        }

        waits.ShouldBe([1, 2, 4, 8, 16, 32, 60, 60]);
    }

    [Fact, Trait("Threat", "T7")]
    public void Failed_ByStrangers_DoesNotBlockTheNetworkThatSucceededBefore()
    {
        var state = new SignInThrottleState().Succeeded("home", Start);
        for (var i = 0; i < 200; i++) state = state.Failed($"attacker{i % 30}", Start + TimeSpan.FromMinutes(1));
        state.WaitFor("home", Start + TimeSpan.FromMinutes(2)).ShouldBeNull();
        state.WaitFor("attacker0", Start + TimeSpan.FromMinutes(1)).ShouldNotBeNull();
        state.WaitFor("never-seen", Start + TimeSpan.FromMinutes(1)).ShouldNotBeNull();
        state.Failed("home", Start + TimeSpan.FromMinutes(2)).WaitFor("home", Start + TimeSpan.FromMinutes(2)).ShouldBeNull();
    }

    [Fact]
    public void Failed_WindowOver_StartsAnew()
    {
        var state = new SignInThrottleState();
        for (var i = 0; i < 4; i++) state = state.Failed("a", Start);
        var later = Start + SignInThrottleState.Window;
        state = state.Failed("a", later);
        state.WaitFor("a", later).ShouldBeNull();
        state.Slots("a", later).ShouldBe(4);
    }

    [Fact]
    public void NotificationDue_FiveFailuresWithinFifteenMinutes_OncePerWindow()
    {
        var state = new SignInThrottleState();
        for (var i = 0; i < 4; i++) state = state.Failed($"n{i}", Start + TimeSpan.FromMinutes(i));
        state.NotificationDue.ShouldBeFalse();
        state.Failed("n4", Start + TimeSpan.FromMinutes(15)).NotificationDue.ShouldBeFalse();
        state = state.Failed("n4", Start + TimeSpan.FromMinutes(14));
        state.NotificationDue.ShouldBeTrue();
        state = state with { NotificationDue = false };
        state.Failed("n5", Start + TimeSpan.FromMinutes(14.5)).NotificationDue.ShouldBeFalse();
    }

    [Fact]
    public void Succeeded_KnownNetworkWithoutFailures_ChangesNothing()
    {
        var state = new SignInThrottleState().Succeeded("home", Start);
        state.Succeeded("home", Start + TimeSpan.FromHours(1)).ShouldBeSameAs(state);
        state.Succeeded("home", Start + TimeSpan.FromDays(2)).ShouldNotBeSameAs(state);
    }

    /// <summary>Whatever strangers do: five failures of one network, and twenty of all, are the most that any minute sees evaluated; and the state stays small.</summary>
    [Fact, Trait("Threat", "T4")]
    public void AnySequence_FailuresThatAreEvaluated_AreBounded()
    {
        var step = Gen.Choose(0, 40).SelectMany(network => Gen.Choose(0, 200).Select(seconds => (network, seconds)));
        Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            var state = new SignInThrottleState();
            var now = Start;
            var evaluated = new List<(string Network, DateTimeOffset At)>();
            foreach (var (number, seconds) in steps.Concat(steps).Concat(steps))
            {
                now += TimeSpan.FromSeconds(seconds);
                var network = $"n{number}";
                if (state.WaitFor(network, now) is not null) continue;
                state = state.Failed(network, now);
                evaluated.Add((network, now));
            }

            var all = evaluated.Select(e => e.At).ToArray();
            return state.Networks.Length <= 33
                && evaluated.All(e => evaluated.Count(o => o.Network == e.Network && o.At >= e.At && o.At < e.At + TimeSpan.FromMinutes(1)) <= 5)
                && all.All(at => all.Count(o => o >= at && o < at + TimeSpan.FromMinutes(1)) <= 20);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }
}
