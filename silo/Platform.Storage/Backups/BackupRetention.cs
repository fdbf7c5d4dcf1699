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
        return [.. newestFirst.Take(1), .. TiersOf(newestFirst, options).Select(tier => tier.Key)];
    }

    /// <param name="times">Of backups that are good, in any order.</param>
    /// <param name="options">How many of each period.</param>
    /// <returns>As what each stays that does.</returns>
    public static ILookup<DateTimeOffset, string> TiersOf(IEnumerable<DateTimeOffset> times, BackupOptions options)
    {
        var newestFirst = times.OrderDescending().ToArray();
        (string Name, int Count, Func<DateTimeOffset, long> PeriodOf)[] tiers =
        [
            ("hourly", options.KeepHourly, time => time.UtcTicks / TimeSpan.TicksPerHour),
            ("daily", options.KeepDaily, time => time.UtcTicks / TimeSpan.TicksPerDay),
            ("weekly", options.KeepWeekly, time => (ISOWeek.GetYear(time.UtcDateTime) * 100L) + ISOWeek.GetWeekOfYear(time.UtcDateTime)),
            ("monthly", options.KeepMonthly, time => (time.UtcDateTime.Year * 100L) + time.UtcDateTime.Month),
        ];
        return tiers.SelectMany(tier => newestFirst.DistinctBy(tier.PeriodOf).Take(tier.Count).Select(time => (Time: time, tier.Name))).ToLookup(kept => kept.Time, kept => kept.Name);
    }
}
