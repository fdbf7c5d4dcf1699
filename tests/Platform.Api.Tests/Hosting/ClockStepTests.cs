using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Api.Tests.Hosting;

/// <summary>The system clock is corrected while the platform runs.</summary>
public sealed class ClockStepTests
{
    [Theory, Trait("Fault", "F9")]
    [InlineData(-1)]
    [InlineData(-60)]
    [InlineData(-180)]
    [InlineData(-3600)]
    public async Task StepBack_SessionsAndSignIns_GoOn(int seconds)
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();

        host.Time.StepBack(TimeSpan.FromSeconds(-seconds));

        await GoesOnAsync(host, owner);
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.TouchAsync(owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, Trait("Fault", "F9")]
    [InlineData(1)]
    [InlineData(365 * 24)]
    public async Task StepForwardAndBack_SessionsAndSignIns_GoOn(int hours)
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();

        host.Time.Advance(TimeSpan.FromHours(hours));
        (await host.ValidateAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        await GoesOnAsync(host, owner);

        host.Time.StepBack(TimeSpan.FromHours(hours));
        await GoesOnAsync(host, owner);

        // A year ahead the token had run out by itself, of which the session never learned.
        if (hours < 24) (await host.ValidateAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    /// <summary>As it was before Orleans had a clock of its own (dotnet/orleans#1524).</summary>
    [Fact, Trait("Fault", "F9")]
    public async Task Activation_EngineRefusesIt_AnswersUnavailableAndIsNotReady()
    {
        await using var host = await new UnguardedHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        (await host.SendAsync("GET", "/readyz")).Json.GetProperty("checks").GetProperty("grains").GetString().ShouldBe("healthy");

        host.OrleansTime.StepBack(TimeSpan.FromHours(1));

        // Answers are kept for a second.
        Answer ready;
        do ready = await host.SendAsync("GET", "/readyz");
        while (ready.Status == HttpStatusCode.OK);
        ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        ready.Json.GetProperty("checks").GetProperty("grains").GetString().ShouldBe("unhealthy");

        // Nobody has asked for this tenant yet.
        var refused = (await host.TrySignInAsync(PlatformHostCalls.NewSlug(), "owner", owner.Password)).ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        refused.Message.Headers.RetryAfter.ShouldNotBeNull();
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    private static async Task GoesOnAsync(PlatformHost host, TestUser owner)
    {
        var another = await host.SignInAsync(owner);
        (await host.ValidateAsync(another.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.TouchAsync(another.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.PeekAsync(another.Token)).ShouldBe(HttpStatusCode.OK);

        // Grains that nobody has asked for yet.
        var tenant = await host.NewTenantAsync();
        (await host.ValidateAsync(tenant.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
    }

    private sealed class UnguardedHost : PlatformHost
    {
        public ManualTimeProvider OrleansTime { get; } = ManualTimeProvider.WithRealTimers();

        private protected override void ConfigureMore(WebApplicationBuilder builder) =>
            builder.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.ActivationManagement, OrleansTime);
    }
}
