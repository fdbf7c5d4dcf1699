using Platform.Sessions;

namespace Platform.Grains.Tests.Sessions;

public sealed class SessionOptionsTests
{
    private readonly SessionOptionsValidator _validator = new();

    [Fact]
    public void Defaults_AreThePromisedTimeouts()
    {
        var options = new SessionOptions();
        options.DefaultPolicy.ShouldBe(new SessionPolicy(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)));
        options.EffectiveFlushInterval.ShouldBe(TimeSpan.FromSeconds(6));
        _validator.Validate(null, options).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Validate_SecondsForTests_AreAllowedWithALowerMinimum()
    {
        var options = new SessionOptions { IdleTimeout = TimeSpan.FromSeconds(3), AbsoluteTimeout = TimeSpan.FromSeconds(8) };
        _validator.Validate(null, options).Failures.ShouldHaveSingleItem().ShouldContain("PT1M");
        options.MinIdleTimeout = TimeSpan.FromSeconds(1);
        _validator.Validate(null, options).Succeeded.ShouldBeTrue();
        options.EffectiveFlushInterval.ShouldBe(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Validate_SeveralFaults_ReportsAllTogether()
    {
        var options = new SessionOptions { IdleTimeout = TimeSpan.FromHours(25), AbsoluteTimeout = TimeSpan.FromDays(2), MaxSessionsPerUser = 0, EndedRetention = default, SweepInterval = default };
        _validator.Validate(null, options).Failures!.Count().ShouldBe(5);
    }
}
