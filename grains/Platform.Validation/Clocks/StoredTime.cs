using System.Collections.Immutable;

namespace Platform.Clocks;

/// <summary>
/// Compares instants that were stored with the time of now, where the system clock may have been wrong when they were. What lies further ahead than
/// <see cref="Allowance"/> was stored under a clock that has been corrected since: it opens nothing and shuts nobody out for longer than a new one would.
/// </summary>
public static class StoredTime
{
    /// <summary>By how much the clocks of two nodes may differ.</summary>
    public static readonly TimeSpan Allowance = TimeSpan.FromMinutes(5);

    /// <summary>Whether it was stored by a clock that was ahead of this one.</summary>
    public static bool IsAhead(DateTimeOffset at, DateTimeOffset now) => at - now > Allowance;

    /// <summary>Whether something happened at most so long ago. Never, or at a time that has not come yet: no.</summary>
    public static bool IsWithin(DateTimeOffset? at, TimeSpan length, DateTimeOffset now) => at is { } known && now - known <= length && !IsAhead(known, now);

    /// <summary>Whether what lasts at most so long from when it was stored has not run out.</summary>
    public static bool IsOpen(DateTimeOffset? until, TimeSpan lifetime, DateTimeOffset now) => until is { } end && now < end && end - now <= lifetime + Allowance;

    /// <summary>The end of a pause: one that was set by a clock ahead begins now.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset until, TimeSpan length, DateTimeOffset now) => until - now > length + Allowance ? now + length : until;

    /// <summary>When something happened: what has not come yet happened now.</summary>
    public static DateTimeOffset Past(DateTimeOffset at, DateTimeOffset now) => IsAhead(at, now) ? now : at;

    /// <inheritdoc cref="Past(DateTimeOffset, DateTimeOffset)"/>
    /// <returns>The same array where none is ahead.</returns>
    public static ImmutableArray<DateTimeOffset> Past(ImmutableArray<DateTimeOffset> times, DateTimeOffset now) =>
        times.Any(at => IsAhead(at, now)) ? [.. times.Select(at => Past(at, now))] : times;
}
