using Microsoft.Extensions.Options;

namespace Platform.Sessions;

/// <summary>Section <c>Platform:Sessions</c> (row TIMEOUT, ASVS 7.1.1, 7.3.1, 7.3.2).</summary>
internal sealed class SessionOptions
{
    public const string Section = PlatformOptions.Section + ":Sessions";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Inactivity after which a session is refused, for tenants without a policy of their own. Default 30 minutes.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Age at which a session is refused whatever its activity. Default and bound: 24 hours.</summary>
    public TimeSpan AbsoluteTimeout { get; set; } = Day;

    /// <summary>The shortest idle timeout that a tenant may set. Default 1 minute; tests lower it.</summary>
    public TimeSpan MinIdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long activity in quick succession may wait to be written (10 ms to a tenth of <see cref="MinIdleTimeout"/>); activity after a pause of a tenth of
    /// the idle timeout is written at once. After a crash a session may end earlier by at most that tenth, never later. Default: a tenth of <see cref="MinIdleTimeout"/>, at most 10 seconds.
    /// </summary>
    public TimeSpan? ActivityFlushInterval { get; set; }

    /// <summary>How often the sweeper searches memory and storage for expired sessions. Default 20 seconds.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long ended sessions stay in their owner's list with the reason. Default 7 days, at least 25 hours (their tombstones go with them).</summary>
    public TimeSpan EndedRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Live sessions of one user (ASVS 7.1.2); one more ends the oldest. Default 100, 1 to 1,000.</summary>
    public int MaxSessionsPerUser { get; set; } = 100;

    public TimeSpan EffectiveFlushInterval => ActivityFlushInterval ?? Min(MinIdleTimeout / 10, TimeSpan.FromSeconds(10));

    public SessionPolicy DefaultPolicy => new(IdleTimeout, AbsoluteTimeout);

    /// <summary>Faults of a policy that a tenant asks for; empty when it is within the platform's bounds.</summary>
    public IEnumerable<InputError> Check(SessionPolicy policy)
    {
        if (policy.IdleTimeout < MinIdleTimeout || policy.IdleTimeout > Day)
        {
            yield return new InputError("/sessionPolicy/idleTimeout", "out_of_range", $"Use a duration from {Iso(MinIdleTimeout)} to {Iso(Day)}.");
        }

        if (policy.AbsoluteTimeout <= TimeSpan.Zero || policy.AbsoluteTimeout > Day)
        {
            yield return new InputError("/sessionPolicy/absoluteTimeout", "out_of_range", $"Use a duration up to {Iso(Day)}.");
        }
        else if (policy.IdleTimeout > policy.AbsoluteTimeout)
        {
            yield return new InputError("/sessionPolicy/idleTimeout", "above_absolute", "The idle timeout may not be longer than the absolute one.");
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static string Iso(TimeSpan duration) => System.Xml.XmlConvert.ToString(duration);
}

internal sealed class SessionOptionsValidator : IValidateOptions<SessionOptions>
{
    public ValidateOptionsResult Validate(string? name, SessionOptions options)
    {
        var errors = new List<string>();
        foreach (var error in options.Check(options.DefaultPolicy))
        {
            errors.Add($"{SessionOptions.Section}: the default policy is out of bounds ({error.Pointer}): {error.Detail}");
        }

        if (options.MinIdleTimeout < TimeSpan.FromMilliseconds(100))
        {
            errors.Add($"{SessionOptions.Section}:MinIdleTimeout must be at least 100 ms.");
        }

        if (options.EffectiveFlushInterval < TimeSpan.FromMilliseconds(10) || options.EffectiveFlushInterval > options.MinIdleTimeout / 10)
        {
            errors.Add($"{SessionOptions.Section}:ActivityFlushInterval must be 10 ms to a tenth of MinIdleTimeout ({options.MinIdleTimeout / 10}).");
        }

        if (options.SweepInterval < TimeSpan.FromMilliseconds(100) || options.SweepInterval > TimeSpan.FromMinutes(1))
        {
            errors.Add($"{SessionOptions.Section}:SweepInterval must be 100 ms to 1 minute.");
        }

        if (options.EndedRetention < TimeSpan.FromHours(25)) errors.Add($"{SessionOptions.Section}:EndedRetention must be at least 25 hours.");
        if (options.MaxSessionsPerUser is < 1 or > 1000) errors.Add($"{SessionOptions.Section}:MaxSessionsPerUser must be 1 to 1000.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
