using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>How many links of a kind an account is sent: nobody fills its owner's mailbox. Times are those of the last ones, oldest first.</summary>
internal static class LinkBudget
{
    public const int PerHour = 3;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The times with one more; null, and how long to wait, when the budget is spent.</summary>
    public static ImmutableArray<DateTimeOffset>? Take(ImmutableArray<DateTimeOffset> sentAt, DateTimeOffset now, out TimeSpan wait)
    {
        var counted = Counted(sentAt, now);
        wait = counted.Length >= PerHour ? counted[0] + Hour - now : TimeSpan.Zero;
        return counted.Length >= PerHour ? null : counted.Add(now);
    }

    /// <summary>Those that still count.</summary>
    public static ImmutableArray<DateTimeOffset> Counted(ImmutableArray<DateTimeOffset> sentAt, DateTimeOffset now) => sentAt.RemoveAll(at => now - at >= Hour);
}
