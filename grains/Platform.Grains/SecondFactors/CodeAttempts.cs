using System.Collections.Immutable;
using Platform.Clocks;

namespace Platform.SecondFactors;

/// <summary>
/// How guesses at a user's codes are slowed down: apart from those at the password, and over any number of challenges (threat T17, ASVS 6.6.3). Pure: the user's grain
/// keeps it and writes it before a guess is answered.
/// </summary>
/// <remarks>
/// The fifth wrong code within 15 minutes stops the evaluation of codes for 15 minutes, then for twice as long, up to an hour. A right one forgives the rounds
/// before it, but not the wrong codes of the last 15 minutes: who guesses gains nothing from the owner's signing in. Only who knows the password gets here; the owner is notified,
/// and is never locked out for good.
/// </remarks>
[GenerateSerializer, Immutable, Alias("platform.CodeAttempts")]
internal sealed record CodeAttempts
{
    public const int Budget = 5;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan LongestBlock = TimeSpan.FromHours(1);

    private static readonly TimeSpan Peace = TimeSpan.FromDays(1);

    /// <summary>Wrong codes since the last block, oldest first; fewer than <see cref="Budget"/>.</summary>
    [Id(0)] public ImmutableArray<DateTimeOffset> FailedAt { get; init; } = [];
    [Id(1)] public DateTimeOffset? BlockedUntil { get; init; }

    /// <summary>Blocks in a row.</summary>
    [Id(2)] public int Strikes { get; init; }

    /// <summary>Without times that a clock ahead of now has stored; the same value when there are none.</summary>
    public CodeAttempts AsOf(DateTimeOffset now)
    {
        var until = BlockedUntil is { } end ? StoredTime.EndOf(end, ExponentialBackoff.After(Window, Math.Max(0, Strikes - 1), LongestBlock), now) : (DateTimeOffset?)null;
        var failed = StoredTime.Past(FailedAt, now);
        return until == BlockedUntil && failed == FailedAt ? this : this with { BlockedUntil = until, FailedAt = failed };
    }

    /// <summary>How long no code is evaluated; null when one may be.</summary>
    public TimeSpan? WaitFor(DateTimeOffset now) => BlockedUntil > now ? BlockedUntil - now : null;

    public CodeAttempts Failed(DateTimeOffset now)
    {
        var recent = FailedAt.RemoveAll(at => now - at >= Window).Add(now);
        if (recent.Length < Budget) return this with { FailedAt = recent };
        var strikes = now - BlockedUntil >= Peace ? 0 : Strikes;
        return new CodeAttempts { BlockedUntil = now + ExponentialBackoff.After(Window, strikes, LongestBlock), Strikes = strikes + 1 };
    }

    public CodeAttempts Succeeded() => Strikes == 0 ? this : this with { Strikes = 0 };
}
