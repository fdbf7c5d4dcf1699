using FsCheck;
using FsCheck.Fluent;
using Platform.Snippets;

namespace Platform.Grains.Tests.Snippets;

/// <summary>How long a domain works whose proof is gone (threat T58).</summary>
[Trait("Threat", "T58")]
public sealed class DomainProofRulesTests
{
    private static readonly DateTimeOffset Now = ManualTimeProvider.DefaultStart;
    private static readonly StoredDomain Proven = new() { Name = "www.example.com", Challenge = "c", AddedAt = Now.AddDays(-30), VerifiedAt = Now.AddDays(-30) };

    /// <param name="finding">Of the look now.</param>
    /// <param name="lostHours">Since when the proof is known to be gone; negative: it is not.</param>
    /// <param name="silentHours">Since when nobody answers; negative: they do.</param>
    /// <param name="elsewhere">Another tenant has proven it.</param>
    /// <param name="expected">What becomes of it.</param>
    [Theory]
    [InlineData(nameof(ProofFinding.Found), -1, -1, false, nameof(ProofChange.None))]
    [InlineData(nameof(ProofFinding.Found), -1, 23, true, nameof(ProofChange.None))]
    [InlineData(nameof(ProofFinding.Found), 167, -1, false, nameof(ProofChange.Restored))]
    [InlineData(nameof(ProofFinding.Found), 1000, -1, true, nameof(ProofChange.Restored))]
    [InlineData(nameof(ProofFinding.Missing), -1, -1, false, nameof(ProofChange.Lost))]
    [InlineData(nameof(ProofFinding.Missing), -1, 2, false, nameof(ProofChange.Lost))]
    [InlineData(nameof(ProofFinding.Missing), 167, -1, false, nameof(ProofChange.None))]
    [InlineData(nameof(ProofFinding.Missing), 168, -1, false, nameof(ProofChange.Stopped))]
    [InlineData(nameof(ProofFinding.Missing), -1, -1, true, nameof(ProofChange.Stopped))]
    [InlineData(nameof(ProofFinding.Missing), 1, -1, true, nameof(ProofChange.Stopped))]
    [InlineData(nameof(ProofFinding.Unanswered), -1, -1, false, nameof(ProofChange.None))]
    [InlineData(nameof(ProofFinding.Unanswered), -1, 23, false, nameof(ProofChange.None))]
    [InlineData(nameof(ProofFinding.Unanswered), -1, 24, false, nameof(ProofChange.Lost))]
    [InlineData(nameof(ProofFinding.Unanswered), -1, -1, true, nameof(ProofChange.None))]
    [InlineData(nameof(ProofFinding.Unanswered), 167, -1, true, nameof(ProofChange.None))]
    [InlineData(nameof(ProofFinding.Unanswered), 168, -1, false, nameof(ProofChange.Stopped))]
    public void Judge_Finding_DecidesWhatBecomesOfTheDomain(string finding, int lostHours, int silentHours, bool elsewhere, string expected)
    {
        var domain = Proven with { ProofLostAt = Ago(lostHours), UnansweredSince = Ago(silentHours) };
        var (next, change) = DomainProofRules.Judge(domain, Enum.Parse<ProofFinding>(finding), elsewhere, Now);
        change.ShouldBe(Enum.Parse<ProofChange>(expected));
        (next.VerifiedAt is null).ShouldBe(change == ProofChange.Stopped);
        (next.Name, next.Challenge, next.AddedAt).ShouldBe((domain.Name, domain.Challenge, domain.AddedAt));
        if (change == ProofChange.Lost) next.ProofLostAt.ShouldBe(Now);
        if (change is ProofChange.Stopped or ProofChange.Restored) (next.ProofLostAt, next.UnansweredSince).ShouldBe((null, null));
    }

    /// <summary>A clock that was ahead when nobody answered, and was put right.</summary>
    [Fact]
    public void Judge_SilenceFromTheFuture_BeginsNow()
    {
        var (next, change) = DomainProofRules.Judge(Proven with { UnansweredSince = Now.AddDays(400) }, ProofFinding.Unanswered, false, Now);
        (next.UnansweredSince, change).ShouldBe((Now, ProofChange.None));
    }

    [Fact]
    public void NextCheck_DailyWithJitter_AndNotLaterThanTheEndOfTheGrace()
    {
        DomainProofRules.NextCheck(Proven, Now, 0).ShouldBe(Now.AddHours(22));
        DomainProofRules.NextCheck(Proven, Now, 0.5).ShouldBe(Now.AddHours(24));
        DomainProofRules.NextCheck(Proven with { UnansweredSince = Now }, Now, 0.5).ShouldBe(Now.AddHours(1));
        DomainProofRules.NextCheck(Proven with { ProofLostAt = Now.AddDays(-6.5) }, Now, 0.5).ShouldBe(Now.AddHours(12));
    }

    /// <summary>Whatever is found day after day: nobody but another owner shortens the grace, nothing lengthens it by more than a day of silence before it.</summary>
    [Fact]
    public void Judge_AnyFindings_StopNotBeforeTheGraceAndNotLongAfter() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<byte>>(),
        findings =>
        {
            var (domain, now, gone) = (Proven, Now, (DateTimeOffset?)null);
            foreach (var finding in findings.Get.Concat(Enumerable.Repeat((byte)2, 12)).Select(any => (ProofFinding)(any % 3)))
            {
                gone = finding == ProofFinding.Found ? null : gone ?? now;
                (domain, var change) = DomainProofRules.Judge(domain, finding, provenElsewhere: false, now);
                if (change == ProofChange.Stopped) return now - gone >= DomainProofRules.Grace && now - gone <= DomainProofRules.Grace + DomainProofRules.LongestSilence + DomainProofRules.RetryEvery;
                now = DomainProofRules.NextCheck(domain, now, 0.99);
            }

            return false;
        }));

    private static DateTimeOffset? Ago(int hours) => hours < 0 ? null : Now.AddHours(-hours);
}
