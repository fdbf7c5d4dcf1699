using System.Globalization;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>Tells once a second how it goes: on a terminal in one line that stays where it is, otherwise in one line each.</summary>
internal sealed class LoadProgress(TextWriter output, bool terminal)
{
    private int _written;

    /// <param name="at">Seconds from the start.</param>
    /// <param name="point">The last second.</param>
    /// <param name="errors">Since the start.</param>
    /// <param name="waiting">Due and not answered.</param>
    /// <param name="duration">In all.</param>
    public void Tell(double at, LoadPoint point, long errors, long waiting, TimeSpan duration)
    {
        var rate = point.Length > 0 ? point.Answered / point.Length : 0;
        Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{at,4:0} of {duration.TotalSeconds:0} s   {Units.Count((long)Math.Round(rate)),7}/s   p50 {Units.Time(point.P50),8}   p99 {Units.Time(point.P99),8}   max {Units.Time(point.Max),8}   errors {Units.Count(errors)}{(waiting > rate ? $"   behind {Units.Count(waiting)}" : "")}"));
    }

    /// <summary>A line that stays.</summary>
    public void Say(string text)
    {
        End();
        output.WriteLine(text);
    }

    /// <summary>What is written next stands below.</summary>
    public void End()
    {
        if (_written > 0) output.WriteLine();
        _written = 0;
    }

    private void Write(string line)
    {
        if (!terminal)
        {
            output.WriteLine(line);
            return;
        }

        output.Write("\r" + line.PadRight(_written));
        _written = line.Length;
    }
}
