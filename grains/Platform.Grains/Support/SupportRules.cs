using System.Collections.Immutable;
using Platform.Clocks;
using Platform.Text;

namespace Platform.Support;

/// <summary>What a support grant goes through. Pure: nothing counts before the result is written.</summary>
internal static class SupportRules
{
    public static readonly TimeSpan MinDuration = TimeSpan.FromMinutes(1);

    /// <summary>Promised (row SUPPORT).</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromHours(8);

    /// <summary>A request that nobody has approved by then lapses.</summary>
    public static readonly TimeSpan RequestLifetime = TimeSpan.FromHours(24);

    /// <summary>Open ones of a tenant at a time: bounds what its grain holds and how many messages its managers get.</summary>
    public const int MaxOpen = 20;

    private const int MaxReason = 500;
    private const int MaxTicket = 100;

    public static IEnumerable<InputError> Check(NewSupportGrant asked)
    {
        if (!Names.IsVisible(asked.Reason, MaxReason)) yield return new InputError("/reason", "invalid_reason", $"Say why, in 1 to {MaxReason} visible characters.");
        if (!Names.IsVisible(asked.Ticket, MaxTicket)) yield return new InputError("/ticket", "invalid_ticket", $"Name the ticket, in 1 to {MaxTicket} visible characters.");
        if (asked.Duration < MinDuration || asked.Duration > MaxDuration) yield return new InputError("/duration", "out_of_range", "Use PT1M to PT8H.");
    }

    public static SupportGrant Activated(this SupportGrant grant, DateTimeOffset now) =>
        grant with { State = SupportGrantState.Active, ActivatedAt = now, ExpiresAt = now + grant.Duration };

    public static SupportGrant Ended(this SupportGrant grant, SupportGrantEnd reason, UserId? by, DateTimeOffset now) =>
        grant with { State = SupportGrantState.Ended, EndReason = reason, EndedBy = by, EndedAt = now };

    /// <summary>The time at which the grant ended, whether or not anybody has read it since.</summary>
    public static SupportGrant AsOf(this SupportGrant grant, DateTimeOffset now) =>
        grant.IsOver(now) ? grant.Ended(SupportGrantEnd.Expired, by: null, StoredTime.Past(grant.ExpiresAt, now)) : grant;

    /// <summary>Run out; or given under a clock that was ahead, by which it would last longer than it may.</summary>
    public static bool IsOver(this SupportGrant grant, DateTimeOffset now) => grant.State != SupportGrantState.Ended
        && !StoredTime.IsOpen(grant.ExpiresAt, grant.State == SupportGrantState.Active ? grant.Duration : RequestLifetime, now);

    /// <summary>By which this operator may read now: the one that lasts longest, of several such always the same one. Null: by none.</summary>
    public static SupportGrant? Usable(ImmutableArray<SupportGrant> open, UserId user, DateTimeOffset now) =>
        open.Where(g => g.OperatorId == user && g.State == SupportGrantState.Active && !g.IsOver(now)).MaxBy(g => (g.ExpiresAt, g.Id.Value));
}
