using System.Collections.Immutable;

namespace Platform.SecondFactors;

/// <summary>How many text messages a user may cause: each costs money, and premium numbers are called for profit (toll fraud). Addresses have a budget of their own at the host.</summary>
internal static class MessageBudget
{
    public const int PerQuarterHour = 5;
    public const int PerDay = 20;

    private static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The times with one more; null, and how long to wait, when the budget is spent.</summary>
    public static ImmutableArray<DateTimeOffset>? Take(ImmutableArray<DateTimeOffset> sentAt, DateTimeOffset now, out TimeSpan wait)
    {
        var today = sentAt.RemoveAll(at => now - at >= Day);
        var lately = today.RemoveAll(at => now - at >= QuarterHour);
        wait = today.Length >= PerDay ? today[0] + Day - now : lately.Length >= PerQuarterHour ? lately[0] + QuarterHour - now : TimeSpan.Zero;
        return wait > TimeSpan.Zero ? null : today.Add(now);
    }
}
