using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Platform.Users;
using static Platform.Permissions;

namespace Platform.Grains.Tests.Users;

public sealed class InvitationRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly EmailLink Link = new(RandomNumberGenerator.GetBytes(32), TenantEpoch: 7, Now);
    private static readonly byte[] Hash = SHA256.HashData(Link.Secret);

    private static readonly StoredUser User = new()
    {
        TenantId = PrefixedId.New<TenantId>(TimeProvider.System), Username = "ivy", NormalisedName = "ivy", Email = "ivy@example.com", Permissions = Read, Status = UserStatus.Invited,
    };

    private static readonly StoredUser Invited = InvitationRules.Invite(User, Link).Value!;

    [Fact]
    public void Invite_ThenAccept_IsActiveAtAVerifiedAddress()
    {
        InvitationRules.IsOpen(Invited, Hash, Now).ShouldBeTrue();

        var accepted = InvitationRules.Accept(Invited);

        (accepted.Status, accepted.Invitation, accepted.EmailState!.Verified).ShouldBe((UserStatus.Active, null, true));
        InvitationRules.IsOpen(accepted, Hash, Now).ShouldBeFalse();
    }

    [Theory, Trait("Threat", "T26")]
    [InlineData(0, true)]
    [InlineData(7 * 24 * 60 - 1, true)]
    [InlineData(7 * 24 * 60, false)]
    [InlineData(-60, false)]
    public void IsOpen_AfterMinutes_Table(int minutes, bool expected) => InvitationRules.IsOpen(Invited, Hash, Now.AddMinutes(minutes)).ShouldBe(expected);

    [Fact, Trait("Threat", "T26")]
    public void IsOpen_OfAnotherSecretOrStatus_IsNot()
    {
        InvitationRules.IsOpen(Invited, new byte[32], Now).ShouldBeFalse();
        InvitationRules.IsOpen(Invited, [], Now).ShouldBeFalse();
        InvitationRules.IsOpen(User, [], Now).ShouldBeFalse();
        InvitationRules.IsOpen(Invited with { Status = UserStatus.Disabled }, Hash, Now).ShouldBeFalse();
        InvitationRules.IsOpen(InvitationRules.WithoutLink(Invited), Hash, Now).ShouldBeFalse();
    }

    [Theory, Trait("Threat", "T3")]
    [InlineData(new[] { 59, 30 }, null)]
    [InlineData(new[] { 59, 30, 1 }, 1)]
    [InlineData(new[] { 60, 30, 1 }, null)]
    public void Invite_Budget_Table(int[] links, int? wait)
    {
        var asked = InvitationRules.Invite(User with { Invitation = new StoredInvitation { LinksAt = [.. links.Select(minutes => Now.AddMinutes(-minutes))] } }, Link);
        asked.Refusal.ShouldBe(wait is null ? Refusal.None : Refusal.TooManyAttempts);
        asked.RetryAfter.ShouldBe(wait is { } minutes ? TimeSpan.FromMinutes(minutes) : null);
    }

    [Theory]
    [InlineData(UserStatus.Active)]
    [InlineData(UserStatus.Disabled)]
    public void Invite_OfOthers_NamesWhatToDo(UserStatus status) =>
        InvitationRules.Invite(User with { Status = status }, Link).Errors.ShouldHaveSingleItem().Code.ShouldBe("user_not_invited");

    [Theory]
    [InlineData("", UserStatus.Active, UserStatus.Invited)]
    [InlineData("", UserStatus.Disabled, UserStatus.Disabled)]
    [InlineData("hash", UserStatus.Active, UserStatus.Active)]
    public void After_AChangeOfTheStatus_Table(string hash, UserStatus asked, UserStatus expected) =>
        InvitationRules.After(User with { PasswordHash = hash }, asked).ShouldBe(expected);

    /// <summary>However links are sent and withdrawn, at most three go out in any hour, and the last one alone is good, if any.</summary>
    [Fact, Trait("Threat", "T3"), Trait("Threat", "T26")]
    public void Invite_AnyNumberOfTimes_SendsThreeAnHourAndTheLastIsGood() => 
        Prop.ForAll(Gen.Elements(true, false, false, false).Zip(Gen.Choose(0, 40)).ListOf().ToArbitrary(), steps => SendsThreeAnHourAndTheLastIsGood(steps)).Check(Config.QuickThrowOnFailure);

    private static void SendsThreeAnHourAndTheLastIsGood(IEnumerable<(bool Withdraw, int Minutes)> steps)
    {
        var (user, now, sent, last) = (User, Now, new List<DateTimeOffset>(), (byte[]?)null);
        var secrets = new List<byte[]>();
        foreach (var (withdraw, minutes) in steps)
        {
            now = now.AddMinutes(minutes);
            if (withdraw)
            {
                (user, last) = (InvitationRules.WithoutLink(user), null);
                continue;
            }

            var link = Link with { Secret = SHA256.HashData([(byte)secrets.Count, (byte)(secrets.Count >> 8)]), Now = now };
            if (InvitationRules.Invite(user, link).Value is not { } next) continue;
            (user, last) = (next, link.Secret);
            secrets.Add(link.Secret);
            sent.Add(now);
        }

        foreach (var at in sent) sent.Count(other => other >= at && other < at.AddHours(1)).ShouldBeLessThanOrEqualTo(LinkBudget.PerHour);
        foreach (var secret in secrets) InvitationRules.IsOpen(user, SHA256.HashData(secret), now).ShouldBe(ReferenceEquals(secret, last));
    }

    [Fact]
    public void AsOf_ALinkFromAClockAhead_IsVoid()
    {
        var ahead = InvitationRules.Invite(User, Link with { Now = Now.AddDays(30) }).Value!.Invitation!;

        var corrected = InvitationRules.AsOf(ahead, Now)!;

        corrected.ExpiresAt.ShouldBeNull();
        corrected.LinksAt.ShouldAllBe(at => at <= Now);
        InvitationRules.AsOf(Invited.Invitation, Now).ShouldBeSameAs(Invited.Invitation);
    }
}
