using System.Globalization;

namespace Platform.Storage.Backups;

/// <summary>Which backups stay (grandfather, father, son): the newest of each of the last hours, days, weeks and months that have one. Pure; all periods are of UTC, weeks those of ISO 8601.</summary>
internal static class BackupRetention
{
    /// <param name="times">Of backups that are good, in any order.</param>
    /// <param name="options">How many of each period.</param>
    /// <returns>Those to keep; never none of some.</returns>
    public static HashSet<DateTimeOffset> Keep(IEnumerable<DateTimeOffset> times, BackupOptions options)
    {
        var newestFirst = times.OrderDescending().ToArray();
        var kept = new HashSet<DateTimeOffset>(newestFirst.Take(1));
        Add(options.KeepHourly, time => time.UtcTicks / TimeSpan.TicksPerHour);
        Add(options.KeepDaily, time => time.UtcTicks / TimeSpan.TicksPerDay);
        Add(options.KeepWeekly, time => (ISOWeek.GetYear(time.UtcDateTime) * 100L) + ISOWeek.GetWeekOfYear(time.UtcDateTime));
        Add(options.KeepMonthly, time => (time.UtcDateTime.Year * 100L) + time.UtcDateTime.Month);
        return kept;

        void Add(int count, Func<DateTimeOffset, long> periodOf) => kept.UnionWith(newestFirst.DistinctBy(periodOf).Take(count));
    }
}
