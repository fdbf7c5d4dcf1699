using Platform.Clocks;

namespace Platform.Deletion;

/// <summary>What comes next of a deletion that has not begun.</summary>
internal enum DeletionStep
{
    /// <summary>Nothing before <see cref="NextStep.At"/>.</summary>
    Wait = 0,

    /// <summary>The managers are told of the request.</summary>
    Tell = 1,

    /// <summary>The managers are told that the end is near. The tenant goes at <see cref="NextStep.At"/>.</summary>
    Remind = 2,

    /// <summary>Its time has come.</summary>
    Begin = 3,

    /// <summary>Somebody has taken it back.</summary>
    Withdraw = 4,

    /// <summary>A clock that was ahead has set the time, or told the managers: the tenant goes at <see cref="NextStep.At"/>, and they are reminded anew.</summary>
    Move = 5,
}

/// <param name="Step">What it is.</param>
/// <param name="At">When the tenant goes, or when to look again.</param>
internal readonly record struct NextStep(DeletionStep Step, DateTimeOffset At);

/// <summary>
/// When a tenant is told and when it goes. Pure. It never goes before the time that was said, and never sooner after the last reminder than that is due before the end: so a clock that jumps ahead, or a
/// platform that stood still, costs no tenant its notice.
/// </summary>
internal static class DeletionRules
{
    /// <summary>How long before the end the managers are reminded; of a short delay half.</summary>
    public static readonly TimeSpan Reminder = TimeSpan.FromDays(3);

    /// <summary>A step that is so late was held up.</summary>
    private static readonly TimeSpan Punctual = TimeSpan.FromHours(1);

    public static TimeSpan ReminderOf(TimeSpan delay) => delay < 2 * Reminder ? delay / 2 : Reminder;

    /// <param name="job">As it was stored.</param>
    /// <param name="deletesAt">The time that the tenant has; null: it is not to be deleted.</param>
    /// <param name="delay">Between request and end, as configured now.</param>
    /// <param name="now">The clock.</param>
    public static NextStep Next(TenantDeletionJob job, DateTimeOffset? deletesAt, TimeSpan delay, DateTimeOffset now)
    {
        if (deletesAt is not { } end) return new NextStep(DeletionStep.Withdraw, now);
        if (job.Notice == DeletionNotice.None) return new NextStep(DeletionStep.Tell, now);
        var reminder = ReminderOf(delay);
        if (job.RemindedAt is { } ahead && StoredTime.IsAhead(ahead, now)) return new NextStep(DeletionStep.Move, Later(now + reminder, StoredTime.Past(job.Deletion.RequestedAt, now) + delay));

        // As long as was said: a shorter delay that is configured meanwhile is for others.
        var said = job.Deletion.DeletesAt - job.Deletion.RequestedAt;
        var longest = said > delay ? said : delay;
        if (StoredTime.IsAhead(end, now + longest)) return new NextStep(DeletionStep.Move, now + longest);
        if (job.RemindedAt is not { } remindedAt)
        {
            var remindAt = end - reminder;
            return now < remindAt ? new NextStep(DeletionStep.Wait, remindAt) : new NextStep(DeletionStep.Remind, now > remindAt + Punctual ? now + reminder : end);
        }

        var earliest = Later(end, remindedAt + reminder - Punctual);
        return now < earliest ? new NextStep(DeletionStep.Wait, earliest) : new NextStep(DeletionStep.Begin, now);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
