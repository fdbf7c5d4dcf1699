using FsCheck;
using FsCheck.Fluent;
using Platform.SecondFactors;

namespace Platform.Tests.SecondFactors;

public sealed class CodeAttemptsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact, Trait("Threat", "T17")]
    public void Failed_FiveTimes_BlocksForFifteenMinutesThenTwiceAsLongUpToAnHour()
    {
        var (state, now) = (new CodeAttempts(), Start);
        var waits = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < CodeAttempts.Budget; i++)
            {
                state.WaitFor(now).ShouldBeNull();
                state = state.Failed(now);
            }

            var wait = state.WaitFor(now).ShouldNotBeNull();
            waits.Add(wait.TotalMinutes);
            now += wait;
        }

        waits.ShouldBe([15, 30, 60, 60, 60]);
    }

    /// <summary>However guesses, right codes and pauses follow each other: no quarter of an hour has more than five wrong codes evaluated, and nobody waits longer than an hour.</summary>
    [Fact, Trait("Threat", "T17")]
    public void AnySequence_NoWindowHasMoreThanFiveEvaluations()
    {
        var steps = Gen.ListOf(Gen.Zip(Gen.Choose(0, 900), Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(200), Prop.ForAll(Arb.From(steps), sequence =>
        {
            var (state, now) = (new CodeAttempts(), Start);
            var evaluated = new List<DateTimeOffset>();
            foreach (var (pause, right) in sequence)
            {
                now = now.AddSeconds(pause);
                if (state.WaitFor(now) is { } wait)
                {
                    wait.ShouldBeLessThanOrEqualTo(CodeAttempts.LongestBlock);
                    continue;
                }

                state = right ? state.Succeeded() : state.Failed(now);
                if (!right) evaluated.Add(now);
            }

            foreach (var first in evaluated) evaluated.Count(at => at >= first && at - first < CodeAttempts.Window).ShouldBeLessThanOrEqualTo(CodeAttempts.Budget);
        }));
    }

    [Fact]
    public void MessageBudget_FivePerQuarterHourAndTwentyPerDay_ThenTellsHowLongToWait()
    {
        var (now, sent, refused) = (Start, System.Collections.Immutable.ImmutableArray<DateTimeOffset>.Empty, 0);
        for (var i = 0; i < 200; i++, now += TimeSpan.FromMinutes(1))
        {
            if (MessageBudget.Take(sent, now, out var wait) is { } next) sent = next;
            else
            {
                wait.ShouldBeGreaterThan(TimeSpan.Zero);
                refused++;
            }
        }

        sent.Length.ShouldBe(MessageBudget.PerDay);
        (refused + sent.Length).ShouldBe(200);
        MessageBudget.Take(sent, now, out var rest).ShouldBeNull();
        MessageBudget.Take(sent, now + rest, out _).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("+4915112345678", true)]
    [InlineData("+1234567", true)]
    [InlineData("+123456789012345", true)]
    [InlineData("+1234567890123456", false)]
    [InlineData("+123456", false)]
    [InlineData("+0123456789", false)]
    [InlineData("4915112345678", false)]
    [InlineData("+49 151 1234", false)]
    [InlineData("+49151１２３４５", false)]
    [InlineData("", false)]
    public void PhoneNumber_OnlyE164_IsValid(string number, bool valid) => PhoneNumbers.IsValid(number).ShouldBe(valid);

    [Fact]
    public void PhoneNumber_Masked_ShowsTheLastTwoDigits() => PhoneNumbers.Mask("+4915112345678").ShouldBe("+***********78");
}
