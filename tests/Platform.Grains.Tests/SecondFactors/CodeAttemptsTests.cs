using FsCheck;
using FsCheck.Fluent;
using Platform.SecondFactors;

namespace Platform.Grains.Tests.SecondFactors;

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
    public void MessageBudget_FivePerQuarterHourAndTwentyPerDay_ThenSaysHowLongToWait()
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
    [InlineData("+4915112345678", "+4915112345678")]
    [InlineData("+48601234567", "+48601234567")]
    [InlineData("+12025550123", "+12025550123")]
    [InlineData("+49015112345678", "+4915112345678")]
    [InlineData("+1234567", null)]
    [InlineData("+123456789012345", null)]
    [InlineData("+1234567890123456", null)]
    [InlineData("+123456", null)]
    [InlineData("+0123456789", null)]
    [InlineData("+9991234567", null)]
    [InlineData("4915112345678", null)]
    [InlineData("+49 151 12345678", null)]
    [InlineData("+49151１２３４５678", null)]
    [InlineData("+49151abcdefgh", null)]
    [InlineData("", null)]
    public void PhoneNumber_OfAPlan_HasOneForm(string text, string? normal)
    {
        PhoneNumber.TryNormalise(text, out var error).ShouldBe(normal);
        (error?.Code).ShouldBe(normal is null ? "invalid_phone_number" : null);
    }

    /// <summary>Called for profit: somebody else pays for each message (toll fraud).</summary>
    [Theory]
    [InlineData("+499001234567")]
    [InlineData("+19002345678")]
    [InlineData("+449012345678")]
    [InlineData("+448431234567")]
    [InlineData("+491801234567")]
    [InlineData("+979123456789")]
    public void PhoneNumber_AtPremiumRateOrSharedCost_IsRefused(string text)
    {
        PhoneNumber.TryNormalise(text, out var error).ShouldBeNull();
        (error?.Code).ShouldBe("premium_rate_number");
    }

    [Fact]
    public void PhoneNumber_Masked_ShowsTheLastTwoDigits() => PhoneNumber.Mask("+4915112345678").ShouldBe("+***********78");
}
