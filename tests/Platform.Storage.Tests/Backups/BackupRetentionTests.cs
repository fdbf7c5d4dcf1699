using FsCheck;
using FsCheck.Fluent;
using Platform.Storage.Backups;

namespace Platform.Storage.Tests.Backups;

public sealed class BackupRetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Keep_OfHourlyOnesOverTwoYears_LeavesTheGenerationsOfThePromise()
    {
        var hourly = Enumerable.Range(0, 2 * 366 * 24).Select(hours => Now.AddHours(-hours)).ToArray();

        var kept = BackupRetention.Keep(hourly, new BackupOptions());

        kept.Count(time => time > Now.AddHours(-24)).ShouldBe(24, "hourly");
        kept.Select(time => time.UtcDateTime.Date).Distinct().Count(day => day > Now.UtcDateTime.Date.AddDays(-7)).ShouldBe(7, "daily");
        kept.Select(time => (time.Year, time.Month)).Distinct().Count().ShouldBe(12, "monthly");
        kept.Count.ShouldBeInRange(24 + 6 + 3 + 10, 24 + 7 + 5 + 12);
    }

    [Fact]
    public void Keep_OfAnything_KeepsTheNewestAndNeverMoreThanItsGenerations()
    {
        var times = Gen.Choose(0, 500_000).ListOf().Select(minutes => minutes.Select(minute => Now.AddMinutes(-minute)).ToArray());
        var options = new BackupOptions { KeepHourly = 3, KeepDaily = 2, KeepWeekly = 2, KeepMonthly = 2 };

        Prop.ForAll(times.ToArbitrary(), all =>
        {
            var kept = BackupRetention.Keep(all, options);
            var again = BackupRetention.Keep(kept, options);
            return kept.IsSubsetOf(all) && kept.Count <= 9 && (all.Length == 0 ? kept.Count == 0 : kept.Contains(all.Max())) && again.SetEquals(kept);
        }).QuickCheckThrowOnFailure();
    }
}
