namespace Platform;

/// <summary>A pause that doubles each time, up to a longest one: after rounds of wrong guesses, and while a sender is down.</summary>
internal static class ExponentialBackoff
{
    /// <summary>Beyond any longest pause, and still a time span.</summary>
    private const int MaxDoublings = 20;

    /// <param name="first">The shortest.</param>
    /// <param name="before">How many there were before this one.</param>
    /// <param name="longest">Where it stops growing.</param>
    public static TimeSpan After(TimeSpan first, int before, TimeSpan longest)
    {
        var pause = first * Math.Pow(2, Math.Min(before, MaxDoublings));
        return pause < longest ? pause : longest;
    }
}
