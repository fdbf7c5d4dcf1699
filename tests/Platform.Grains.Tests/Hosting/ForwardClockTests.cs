using Microsoft.Extensions.DependencyInjection;
using Platform.Hosting.Clocks;

namespace Platform.Grains.Tests.Hosting;

public sealed class ForwardClockTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void GetUtcNow_ClockStepsBack_GoesOnFromTheLatestTime()
    {
        var clock = new ForwardClock(_time);
        _time.Advance(TimeSpan.FromHours(1));
        var latest = clock.GetUtcNow();

        _time.StepBack(TimeSpan.FromDays(365));
        clock.GetUtcNow().ShouldBe(latest);
        _time.Advance(TimeSpan.FromSeconds(7));
        clock.GetUtcNow().ShouldBe(latest + TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task GetUtcNow_ManyReadersOfAClockThatRuns_StaysWithIt()
    {
        var clock = new ForwardClock(TimeProvider.System);
        await Parallel.ForAsync(0, 8, (_, _) =>
        {
            var latest = DateTimeOffset.MinValue;
            for (var i = 0; i < 20_000; i++)
            {
                var now = clock.GetUtcNow();
                now.ShouldBeGreaterThanOrEqualTo(latest);
                latest = now;
            }

            return ValueTask.CompletedTask;
        });

        // Readers that overtake each other are no step back.
        var before = TimeProvider.System.GetUtcNow();
        var told = clock.GetUtcNow();
        told.ShouldBeInRange(before, TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task Silo_EveryClockOfOrleans_IsTheForwardOneAndOursStaysReal()
    {
        await using var silo = await SiloHost.StartAsync();
        var services = silo.Service<IServiceProvider>();
        foreach (var area in new[] { TimeProviderNames.ActivationManagement, TimeProviderNames.Grains, TimeProviderNames.SystemTimers, TimeProviderNames.Messaging, TimeProviderNames.Membership })
        {
            services.GetRequiredKeyedService<TimeProvider>(area).ShouldBeOfType<ForwardClock>();
        }

        services.GetRequiredService<TimeProvider>().ShouldBeSameAs(silo.Time);
    }
}
