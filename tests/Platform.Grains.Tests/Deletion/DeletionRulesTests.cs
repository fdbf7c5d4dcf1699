using FsCheck;
using FsCheck.Fluent;
using Platform.Deletion;

namespace Platform.Grains.Tests.Deletion;

public sealed class DeletionRulesTests
{
    private static readonly DateTimeOffset Asked = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Delay = TimeSpan.FromDays(30);

    [Theory]
    [InlineData("None", null, 0.0, "Tell", null)]
    [InlineData("Requested", null, 26.9, "Wait", 27.0)]
    [InlineData("Requested", null, 27.0, "Remind", 30.0)]
    // The platform stood still, or its clock jumped: the managers get their three days.
    [InlineData("Requested", null, 29.0, "Remind", 32.0)]
    [InlineData("Requested", null, 400.0, "Remind", 403.0)]
    [InlineData("Reminded", 27.0, 29.9, "Wait", 30.0)]
    [InlineData("Reminded", 27.0, 30.0, "Begin", null)]
    // Reminded by a clock that was a year ahead.
    [InlineData("Reminded", 392.0, 28.0, "Move", 31.0)]
    [InlineData("Reminded", 392.0, 1.0, "Move", 30.0)]
    public void Next_ByNoticeAndClock_Is(string notice, double? remindedAfter, double nowAfter, string step, double? at)
    {
        var next = DeletionRules.Next(Job(Enum.Parse<DeletionNotice>(notice), remindedAfter), Asked + Delay, Delay, Asked.AddDays(nowAfter));

        next.Step.ToString().ShouldBe(step);
        if (at is { } days) next.At.ShouldBe(Asked.AddDays(days));
    }

    /// <summary>What was said to a tenant stands, whatever is configured afterwards.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(365)]
    public void Next_AnotherDelayConfigured_TheTimeStands(int days)
    {
        var next = DeletionRules.Next(Job(DeletionNotice.Requested, null), Asked + Delay, TimeSpan.FromDays(days), Asked.AddDays(1));

        next.Step.ShouldBe(DeletionStep.Wait);
        next.At.ShouldBe(Asked + Delay - DeletionRules.ReminderOf(TimeSpan.FromDays(days)));
    }

    [Fact]
    public void Next_TakenBack_IsWithdrawnAtEachNotice()
    {
        foreach (var notice in Enum.GetValues<DeletionNotice>()) DeletionRules.Next(Job(notice, 27), deletesAt: null, Delay, Asked.AddDays(40)).Step.ShouldBe(DeletionStep.Withdraw);
    }

    /// <summary>Whatever the clock does between the looks: it never begins before the time that stands, nor sooner after the last reminder than that is due.</summary>
    [Fact, Trait("Fault", "F14")]
    public void Next_UnderAnyClock_NeverBeginsWithoutNotice() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(-40 * 24, 60 * 24).ListOf().ToArbitrary(),
        steps =>
        {
            var (job, end, now) = (Job(DeletionNotice.None, null), Asked + Delay, Asked);
            DateTimeOffset? told = null;
            foreach (var hours in steps)
            {
                now = now.AddHours(hours);
                var next = DeletionRules.Next(job, end, Delay, now);
                if (next.Step == DeletionStep.Begin) return now >= end && told is { } at && now - at >= DeletionRules.Reminder - TimeSpan.FromHours(1);
                (job, end) = next.Step switch
                {
                    DeletionStep.Tell => (job with { Notice = DeletionNotice.Requested }, end),
                    DeletionStep.Remind => (job with { Notice = DeletionNotice.Reminded, RemindedAt = now }, next.At),
                    DeletionStep.Move => (job with { Notice = DeletionNotice.Requested, RemindedAt = null }, next.At),
                    _ => (job, end),
                };
                if (next.Step == DeletionStep.Remind) told = now;
                if (next.Step is DeletionStep.Remind or DeletionStep.Move && end < now) return false;
            }

            return true;
        }));

    private static TenantDeletionJob Job(DeletionNotice notice, double? remindedAfter) => new(
        new TenantDeletionView { TenantId = TenantId.From(Guid.CreateVersion7(Asked)), RequestedAt = Asked, RequestedBy = UserId.From(Guid.CreateVersion7(Asked)), DeletesAt = Asked + Delay },
        notice,
        remindedAfter is { } days ? Asked.AddDays(days) : null,
        Asked);
}
