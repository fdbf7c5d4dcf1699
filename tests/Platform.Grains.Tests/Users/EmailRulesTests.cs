using System.Security.Cryptography;
using System.Text;
using Platform.Audit;
using Platform.SecondFactors;
using Platform.Users;
using static Platform.Permissions;

namespace Platform.Grains.Tests.Users;

public sealed class EmailRulesTests
{
    private const string Old = "ada@example.com";
    private const string New = "ada@new.example";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly UserId Id = PrefixedId.New<UserId>(TimeProvider.System);
    private static readonly EmailLink Link = new(RandomNumberGenerator.GetBytes(32), TenantEpoch: 7, Now);
    private static readonly byte[] Hash = SHA256.HashData(Link.Secret);

    private static readonly StoredUser User = new()
    {
        TenantId = PrefixedId.New<TenantId>(TimeProvider.System), Username = "ada", NormalisedName = "ada", Email = Old, PasswordHash = "hash", Permissions = Read, Status = UserStatus.Active,
    };

    private static readonly StoredUser Waiting = EmailRules.Request(User, New, Link).Value!;

    [Fact]
    public void Request_OfANewAddress_WaitsAndTheOldOneCounts()
    {
        Waiting.Email.ShouldBe(Old);
        var pending = EmailRules.StateOf(Waiting).Pending.ShouldNotBeNull();
        (pending.Address, pending.TenantEpoch, pending.ExpiresAt).ShouldBe((New, 7, Now.AddHours(24)));
        pending.SecretHash.ShouldBe(Hash);
        EmailRules.StateOf(Waiting).Verified.ShouldBeFalse();
    }

    [Theory]
    [InlineData(Old, true, null)]
    [InlineData(Old, false, null)]
    [InlineData("Ada@example.com", true, "Ada@example.com")]
    [InlineData("other@example.com", true, "other@example.com")]
    public void Request_InPlaceOfAnother_OneWaitsOrNone(string address, bool waits, string? expected)
    {
        var requested = EmailRules.Request(waits ? Waiting : User, address, Link with { Secret = new byte[32] }).Value!;
        EmailRules.StateOf(requested).Pending?.Address.ShouldBe(expected);
        (EmailRules.StateOf(requested).Pending is null).ShouldBe(expected is null);
        EmailRules.IsOpen(requested, Hash, Now).ShouldBeFalse("its link is dead");
    }

    [Fact]
    public void Request_ThatChangesNothing_IsTheSameValue() => EmailRules.Request(User, Old, Link).Value.ShouldBeSameAs(User);

    [Fact]
    public void Request_ForADisabledUser_NamesTheStatus() =>
        EmailRules.Request(User with { Status = UserStatus.Disabled }, New, Link).Errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            error => error.Pointer.ShouldBe("/email"), error => error.Code.ShouldBe("user_disabled"));

    /// <summary>Minutes since the links that were sent, days since the addresses that were replaced, minutes to wait; null: none.</summary>
    [Theory, Trait("Threat", "T3")]
    [InlineData(new int[0], new int[0], null)]
    [InlineData(new[] { 59, 30 }, new int[0], null)]
    [InlineData(new[] { 59, 30, 1 }, new int[0], 1)]
    [InlineData(new[] { 60, 30, 1 }, new int[0], null)]
    [InlineData(new int[0], new[] { 6, 5, 4, 3 }, null)]
    [InlineData(new int[0], new[] { 6, 5, 4, 3, 2 }, 24 * 60)]
    [InlineData(new int[0], new[] { 7, 5, 4, 3, 2 }, null)]
    public void Request_Budget_Table(int[] links, int[] replaced, int? wait)
    {
        var state = new StoredEmailState
        {
            LinksAt = [.. links.Select(minutes => Now.AddMinutes(-minutes))], Former = [.. replaced.Select(days => new FormerEmail($"{days}@example.com", Now.AddDays(-days)))],
        };
        var requested = EmailRules.Request(User with { EmailState = state }, New, Link);
        requested.Refusal.ShouldBe(wait is null ? Refusal.None : Refusal.TooManyAttempts);
        requested.RetryAfter.ShouldBe(wait is { } minutes ? TimeSpan.FromMinutes(minutes) : null);

        // A withdrawal takes none.
        EmailRules.Request(User with { EmailState = state }, Old, Link).Refusal.ShouldBe(Refusal.None);
    }

    /// <summary>Minutes since the link was sent, whether the secret is its own, whether it is good.</summary>
    [Theory, Trait("Threat", "T26")]
    [InlineData(0, true, true)]
    [InlineData(24 * 60 - 1, true, true)]
    [InlineData(24 * 60, true, false)]
    [InlineData(-6, true, false)]
    [InlineData(0, false, false)]
    public void IsOpen_Table(int minutes, bool own, bool expected) =>
        EmailRules.IsOpen(Waiting, own ? Hash : SHA256.HashData(new byte[32]), Now.AddMinutes(minutes)).ShouldBe(expected);

    [Fact, Trait("Threat", "T26")]
    public void IsOpen_NothingWaits_IsFalseForAnyHash()
    {
        EmailRules.IsOpen(User, [], Now).ShouldBeFalse();
        EmailRules.IsOpen(User, Hash, Now).ShouldBeFalse();
        EmailRules.IsOpen(Waiting, [], Now).ShouldBeFalse();
    }

    [Fact]
    public void Confirm_TakesTheAddressAndWatchesTheOldOneForSevenDays()
    {
        var confirmed = EmailRules.Confirm(Id, Waiting, client: null, Now);
        confirmed.Next.Email.ShouldBe(New);
        EmailRules.StateOf(confirmed.Next).ShouldSatisfyAllConditions(state => state.Verified.ShouldBeTrue(), state => state.Pending.ShouldBeNull());
        var entry = confirmed.Entries.ShouldHaveSingleItem();
        (entry.Action, entry.Actor.Id).ShouldBe((AuditActions.UserUpdated, Id.ToString()));
        entry.Changes.ShouldBe(AuditChanges.Of(AuditChanges.Text("/email", Old, New)));

        EmailRules.Watching(confirmed.Next, Now.AddDays(7).AddTicks(-1)).ShouldBe([Old]);
        EmailRules.Watching(confirmed.Next, Now.AddDays(7)).ShouldBeEmpty();
        EmailRules.StateOf(EmailRules.Pruned(confirmed.Next, Now.AddDays(7))).Former.ShouldBeEmpty();
        EmailRules.Pruned(User, Now).ShouldBeSameAs(User);
    }

    [Fact]
    public void Watching_ThereAndBackAgain_TellsNobodyTwice()
    {
        var there = EmailRules.Confirm(Id, Waiting, null, Now).Next;
        var back = EmailRules.Confirm(Id, EmailRules.Request(there, Old, Link).Value!, null, Now).Next;
        EmailRules.Watching(back, Now).ShouldBe([New]);
        var again = EmailRules.Confirm(Id, EmailRules.Request(back, New, Link).Value!, null, Now).Next;
        EmailRules.Watching(again, Now).ShouldBe([Old]);
    }

    /// <summary>What a change of the account makes of an address that waits, and of one that the same change asks for.</summary>
    [Theory, Trait("Threat", "T25")]
    [InlineData("nothing", true)]
    [InlineData("status", false)]
    [InlineData("role", false)]
    [InlineData("permissions", false)]
    [InlineData("password", false)]
    [InlineData("authenticator", false)]
    [InlineData("deleted", false)]
    public void After_AChangeOfTheAccount_OnlyWhatItAsksForItselfWaits(string change, bool waits)
    {
        var next = Changed(Waiting, change);
        (EmailRules.StateOf(WaitingProofs.After(Waiting, next)).Pending is not null).ShouldBe(waits);
        var asked = EmailRules.Request(Waiting, "third@example.com", Link with { Secret = new byte[32] }).Value!;
        EmailRules.StateOf(WaitingProofs.After(Waiting, Changed(asked, change))).Pending!.Address.ShouldBe("third@example.com");
    }

    [Fact]
    public void AsOf_TimesFromAheadOfNow_AreVoidOrCountFromNow()
    {
        var ahead = Now.AddDays(2);
        var state = new StoredEmailState
        {
            Verified = true,
            Pending = EmailRules.StateOf(Waiting).Pending! with { ExpiresAt = ahead + EmailRules.LinkLifetime },
            LinksAt = [ahead],
            Former = [new FormerEmail(Old, ahead)],
        };
        var corrected = UserAccount.AsOf(User with { EmailState = state }, Now).EmailState!;
        corrected.Verified.ShouldBeTrue();
        corrected.Pending.ShouldBeNull();
        corrected.LinksAt.ShouldBe([Now]);
        corrected.Former.ShouldBe([new FormerEmail(Old, Now)]);
        UserAccount.AsOf(Waiting, Now).ShouldBeSameAs(Waiting);
    }

    /// <summary>Whether the reader is the user or a manager, hours since the link was sent, the address that waits as it is shown.</summary>
    [Theory, Trait("Threat", "T44")]
    [InlineData(true, 1, New)]
    [InlineData(true, 24, null)]
    [InlineData(false, 1, null)]
    public void Shown_Table(bool inFull, int hours, string? expected)
    {
        var shown = UserAccount.Shown(UserAccount.ViewOf(Id, Waiting) with { LastSignInAt = Now }, inFull, Now.AddHours(hours));
        shown.PendingEmail.ShouldBe(expected);
        shown.EmailVerified.ShouldBe(inFull ? false : null);
        (shown.LastSignInAt is null, shown.SecondFactors is null).ShouldBe((!inFull, !inFull));
    }

    [Theory]
    [InlineData("ada@example.com", "a…@example.com")]
    [InlineData("a@example.com", "…@example.com")]
    [InlineData("\"a@b\"@example.com", "\"…@example.com")]
    public void Mask_Address_LeavesTheFirstLetterAndTheDomain(string address, string expected) => EmailAddresses.Mask(address).ShouldBe(expected);

    /// <summary>As a version before this one has stored it.</summary>
    [Fact]
    public void Stored_WithoutMembersOfTheAddress_IsRead()
    {
        var serializer = new StateSerializer();
        var old = serializer.Serialize(User with { EmailState = null });
        Encoding.UTF8.GetString(old.ToArray()).ShouldNotContain("emailState");
        var read = serializer.Deserialize<StoredUser>(old);
        EmailRules.StateOf(read).ShouldBe(StoredEmailState.None);
        EmailRules.Request(read, New, Link).Value.ShouldNotBeNull();

        var stored = serializer.Deserialize<StoredUser>(serializer.Serialize(EmailRules.Confirm(Id, Waiting, null, Now).Next));
        EmailRules.Watching(stored, Now).ShouldBe([Old]);
        EmailRules.StateOf(serializer.Deserialize<StoredUser>(serializer.Serialize(Waiting))).Pending!.SecretHash.ShouldBe(Hash);
    }

    private static StoredUser Changed(StoredUser user, string change) => change switch
    {
        "status" => user with { Status = UserStatus.Disabled },
        "role" => user with { Role = "viewer" },
        "permissions" => user with { Permissions = Owner },
        "password" => user with { PasswordChangedAt = Now },
        "authenticator" => user with { Factors = new StoredSecondFactors { Totp = new StoredTotp { Secret = [1], LastStep = 1 } } },
        "deleted" => user with { Deleted = true },
        _ => user,
    };
}
