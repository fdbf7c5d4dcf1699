using System.Collections.Immutable;
using Platform.Audit;
using Platform.Internal;
using Platform.SecondFactors;
using Platform.Users;

namespace Platform.Grains.Tests.Users;

[Trait("Threat", "T78")]
public sealed class UserRestoreTests
{
    private static readonly DateTimeOffset Backup = new(2026, 11, 30, 1, 0, 0, TimeSpan.Zero);
    private static readonly UserId Id = UserId.From(new Guid(1, 0, 0, new byte[8]));
    private static readonly PlatformRestore Restore = new("platform-test", Backup, Backup + TimeSpan.FromHours(2), "restore", new ClientInfo("", "root"));

    private static readonly StoredUser User = new()
    {
        Username = "bob", PasswordHash = "hash", Role = "owner", PasswordChangedAt = Backup - TimeSpan.FromDays(1), Status = UserStatus.Active,
        Factors = new StoredSecondFactors { Totp = new StoredTotp { Secret = [1], LastStep = 1 }, TotpSince = Backup - TimeSpan.FromHours(1), RecoveryCodes = ["code"] },
    };

    [Fact]
    public void After_Nothing_ChangesNothing()
    {
        var (next, entries) = After(new UserEndings());

        (ReferenceEquals(next, User), entries.IsEmpty).ShouldBe((true, true));
    }

    [Fact]
    public void After_APasswordThatWasReplaced_LeavesNone()
    {
        var (next, entries) = After(new UserEndings { PasswordReplacedAt = DateTimeOffset.MaxValue });

        (next.PasswordHash, next.PasswordVersion).ShouldBe(("", User.PasswordVersion + 1));
        entries.ShouldHaveSingleItem().Action.ShouldBe(AuditActions.UserPasswordReset);
        After(new UserEndings { PasswordReplacedAt = User.PasswordChangedAt - TimeSpan.FromMinutes(1) }).Entries.ShouldBeEmpty("the backup has it");
    }

    [Fact]
    public void After_AFactorThatWasRemoved_IsGoneWithTheRecoveryCodes()
    {
        var (next, entries) = After(new UserEndings { TotpRemovedAt = Backup });

        (next.Factors!.Any, next.Factors.RecoveryCodes.Length, next.PasswordHash).ShouldBe((false, 0, "hash"));
        entries.ShouldHaveSingleItem().Action.ShouldBe(AuditActions.UserSecondFactorDisabled);
        After(new UserEndings { TotpRemovedAt = Backup - TimeSpan.FromHours(2) }).Entries.ShouldBeEmpty("it was set up after that");
    }

    /// <summary>The password alone would let somebody in whom the factor kept out.</summary>
    [Fact]
    public void After_AFactorThatIsLost_LeavesNoPassword()
    {
        After(new UserEndings { PhoneEnabled = true }).Next.PasswordHash.ShouldBeEmpty();
        After(new UserEndings { TotpEnabled = true }).Next.PasswordHash.ShouldBe("hash", "the backup has it");
        After(new UserEndings { TotpEnabled = true, TotpRemovedAt = Backup }).Next.PasswordHash.ShouldBeEmpty("it is another one");
    }

    [Fact]
    public void After_RightsThatChanged_AreAsTheyWereLastAndNeverGrowWhereSomethingIsUnknown()
    {
        var viewer = User with { Role = "viewer" };

        After(new UserEndings { Rights = new RightsEnding("viewer", Permissions.None, IsWhole: false) }).Next.Role.ShouldBe("viewer");
        After(new UserEndings { Rights = new RightsEnding("owner", Permissions.None, IsWhole: true) }, viewer).Next.Role.ShouldBe("owner");
        var (next, _) = After(new UserEndings { Rights = new RightsEnding("owner", Permissions.None, IsWhole: false) }, viewer);
        (next.Role, next.Permissions).ShouldBe((null, Permissions.Read));
    }

    [Fact]
    public void After_Disabled_EndsSessionsAndKeepsAnInvitedOneOut()
    {
        var listed = User with { Status = UserStatus.Invited, Sessions = [new ListedSession(SessionId.From(Guid.Empty), Backup)] };

        var (next, entries) = After(new UserEndings { Disabled = true, RecoveryCodesReplaced = true }, listed);

        (next.Status, next.Sessions.Length, next.Factors!.RecoveryCodes.Length).ShouldBe((UserStatus.Disabled, 0, 0));
        entries.Select(entry => (entry.Action, entry.Reason)).ShouldBe([(AuditActions.UserDisabled, "platform_restored"), (AuditActions.UserUpdated, "platform_restored")]);
    }

    private static (StoredUser Next, ImmutableArray<AuditEntry> Entries) After(UserEndings endings, StoredUser? user = null) => UserRestore.After(Id, user ?? User, endings, RoleSet.BuiltInOnly, Restore);
}
