using FsCheck;
using FsCheck.Fluent;
using Platform.Audit;
using Platform.Journal;

namespace Platform.Grains.Tests.Journal;

public sealed class TenantHistoryTests
{
    private static readonly HashSet<string> Nothing = [];

    [Fact, Trait("Threat", "T78")]
    public void Of_AnyOrderAndAnyHead_IsTheRestOfTheLog() => Prop.ForAll(Gen.Choose(1, 30).ToArbitrary(), Gen.Choose(0, 30).ToArbitrary(), Gen.Choose(0, 1_000).ToArbitrary(), (count, head, seed) =>
    {
        var all = JournalSample.Row(count);
        head = Math.Min(head, count);
        var found = all.Concat(all.Take(3)).ToArray();
        new Random(seed).Shuffle(found);

        var history = TenantHistory.Of(found, Nothing, JournalSample.Start, head, head == 0 ? JournalSample.Genesis : all[head - 1].Hash);

        history.IsWhole.ShouldBeTrue();
        history.Events.Select(one => one.Sequence).ShouldBe(Enumerable.Range(1, count).Select(i => (long)i));
        (history.From, history.To).ShouldBe(head == count ? (0, 0) : (head + 1, count));
    }).QuickCheckThrowOnFailure();

    [Fact, Trait("Fault", "F21")]
    public void Of_AHole_IsNotWholeAndKnowsTheRest() => Prop.ForAll(Gen.Choose(2, 30).ToArbitrary(), Gen.Choose(0, 28).ToArbitrary(), (count, hole) =>
    {
        var all = JournalSample.Row(count);
        hole = Math.Min(hole, count - 2);

        var history = TenantHistory.Of(all.Where((_, i) => i != hole), Nothing, JournalSample.Start, 0, JournalSample.Genesis);

        history.IsWhole.ShouldBeFalse();
        history.Events.Length.ShouldBe(count - 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_AnotherLogThanTheBackups_IsNotWhole() => TenantHistory.Of(JournalSample.Row(3), Nothing, JournalSample.Start, 0, "ffff").IsWhole.ShouldBeFalse();

    [Fact]
    public void Of_WhatTheTableDidNotTake_DoesNotCount()
    {
        var (failed, log) = (JournalSample.Row(3, branch: "failed"), JournalSample.Row(1));

        var history = TenantHistory.Of([.. failed, .. log], failed.Select(one => one.Hash).ToHashSet(), JournalSample.Start, 0, JournalSample.Genesis);

        history.Events.ShouldBe(log);
        history.IsWhole.ShouldBeTrue();
    }

    /// <summary>The process went down between journal and table: it counts, and what went on has the last word.</summary>
    [Fact, Trait("Fault", "F21")]
    public void Of_ABatchThatWasCutOff_ComesBeforeWhatWentOn()
    {
        var (cut, log) = (JournalSample.Row(2, branch: "cut"), JournalSample.Row(5));

        TenantHistory.Of([.. log, .. cut], Nothing, JournalSample.Start, 0, JournalSample.Genesis).Events.ShouldBe([.. cut, .. log]);
    }

    /// <summary>Restored for the second time from the same backup.</summary>
    [Fact, Trait("Threat", "T78")]
    public void Of_WhatAnEarlierRestoreHasLost_CountsAndComesFirst()
    {
        var lost = JournalSample.Row(9, branch: "lost");
        var restored = JournalSample.Event(1, JournalSample.Genesis, "restored", AuditActions.TenantRestored, second: 100);
        var since = JournalSample.Event(2, restored.Hash, "restored", second: 101);

        var history = TenantHistory.Of([since, restored, .. lost], Nothing, JournalSample.Start, 0, JournalSample.Genesis);

        history.IsWhole.ShouldBeTrue();
        history.Events.ShouldBe([.. lost, restored, since]);
    }

    /// <summary>From a backup that was made after an earlier restore.</summary>
    [Fact, Trait("Threat", "T78")]
    public void Of_WhatWasLostBeforeTheBackupWasMade_IsNoGap()
    {
        var lost = JournalSample.Row(9, branch: "lost");
        var restored = JournalSample.Event(1, JournalSample.Genesis, "restored", AuditActions.TenantRestored, second: 100);
        var since = JournalSample.Event(2, restored.Hash, "restored", second: 102);

        var history = TenantHistory.Of([since, restored, .. lost], Nothing, JournalSample.Start + TimeSpan.FromSeconds(101), 1, restored.Hash);

        history.IsWhole.ShouldBeTrue();
        history.Events.Where(one => one.Sequence > 1).ShouldBe([since]);
    }
}
