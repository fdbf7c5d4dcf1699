using System.Diagnostics;
using System.Globalization;

namespace Platform.Benchmarks.Measuring;

/// <summary>Numbers as people read them: three significant digits and a unit.</summary>
internal static class Units
{
    public static string Time(long nanoseconds) => nanoseconds switch
    {
        < 1_000 => $"{nanoseconds} ns",
        < 1_000_000 => Digits(nanoseconds / 1e3) + " µs",
        < 1_000_000_000 => Digits(nanoseconds / 1e6) + " ms",
        _ => Digits(nanoseconds / 1e9) + " s",
    };

    public static string Time(TimeSpan time) => Time(time.Ticks * TimeSpan.NanosecondsPerTick);

    public static string Size(long bytes) => Math.Abs(bytes) switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} B"),
        < 10_000_000 => Digits(bytes / 1024.0) + " KiB",
        _ => Digits(bytes / 1024.0 / 1024) + " MiB",
    };

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Rate(long count, TimeSpan time) => Count((long)(count / Math.Max(1e-9, time.TotalSeconds))) + "/s";

    public static TimeSpan Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp);

    private static string Digits(double value)
    {
        var format = Math.Abs(value) switch { < 10 => "0.00", < 100 => "0.0", _ => "#,0" };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
