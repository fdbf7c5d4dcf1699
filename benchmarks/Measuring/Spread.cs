using System.Globalization;

namespace Platform.Benchmarks.Measuring;

/// <summary>The median of the rounds, and their 10th and 90th percentiles.</summary>
internal sealed record Spread(double Low, double Median, double High)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new Spread(At(10), At(50), At(90));

        // Between two rounds in proportion.
        double At(int percent)
        {
            var (below, part) = int.DivRem((sorted.Length - 1) * percent, 100);
            return sorted[below] + ((sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]) * part / 100);
        }
    }

    /// <summary>As a cell of a table: the median, in brackets the other two.</summary>
    /// <param name="unit">Behind the median.</param>
    public string ToCell(string unit = "") => string.Create(CultureInfo.InvariantCulture, $"{Median:0.00}{unit} ({Low:0.00} to {High:0.00})");
}
