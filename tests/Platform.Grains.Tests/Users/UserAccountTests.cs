using Platform.Audit;
using Platform.Internal;
using Platform.SecondFactors;
using Platform.Users;
using static Platform.Permissions;

namespace Platform.Grains.Tests.Users;

public sealed class UserAccountTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TenantId Tenant = PrefixedId.New<TenantId>(TimeProvider.System);
    private static readonly UserId Id = PrefixedId.New<UserId>(TimeProvider.System);
    private static readonly RoleSet Roles = new([new Role("auditor", Read)]);

    private static readonly ListedSession First = new(PrefixedId.New<SessionId>(TimeProvider.System), Now.AddDays(1));
    private static readonly ListedSession Second = new(PrefixedId.New<SessionId>(TimeProvider.System), Now.AddDays(1));

    private static readonly StoredUser User = new()
    {
        TenantId = Tenant,
        Username = "ada",
        NormalisedName = "ada",
        Email = "ada@example.com",
        PasswordHash = "hash",
        Status = UserStatus.Active,
        Permissions = Read | Edit,
        CreatedAt = Now.AddDays(-9),
        PasswordChangedAt = Now.AddDays(-9),
        PasswordVersion = 3,
        Sessions = [First, Second],
        ResetSecretHash = [1],
        ResetExpiresAt = Now.AddMinutes(10),
    };

    private static readonly EmailLink Link = new(new byte[32], TenantEpoch: 1, Now);

    /// <summary>After a restore: what was set before it is not known to be the owner's any more, unless a factor shows that it is the owner (decision 117).</summary>
    [Fact, Trait("Threat", "T78")]
    public void MustChangePassword_SetNotAfterTheCutoff_UnlessThereIsASecondFactor()
    {
        var withFactor = User with { Factors = new StoredSecondFactors { Phone = [1] } };

        UserAccount.MustChangePassword(User, cutoff: null).ShouldBeFalse();
        UserAccount.MustChangePassword(User, User.PasswordChangedAt).ShouldBeTrue();
        UserAccount.MustChangePassword(User, User.PasswordChangedAt - TimeSpan.FromTicks(1)).ShouldBeFalse();
        UserAccount.MustChangePassword(withFactor, Now).ShouldBeFalse();
        UserAccount.MustChangePassword(withFactor with { MustChangePassword = true }, cutoff: null).ShouldBeTrue();
    }

    /// <summary>To withdraw an address that waits takes what asking for it takes.</summary>
    [Fact, Trait("Threat", "T46")]
    public void Change_BackToThePresentAddress_TakesTheRightToChangeIt()
    {
        var waiting = EmailRules.Request(User, "new@example.com", Link).Value!;
        var back = new UserChange { Email = User.Email };
        UserAccount.Change(Id, waiting, ActorWith(ManageUsers), back, Roles, Link).Refusal.ShouldBe(Refusal.Forbidden);
        var withdrawn = UserAccount.Change(Id, waiting, ActorWith(Owner), back, Roles, Link).Value!;
        withdrawn.Next.EmailState!.Pending.ShouldBeNull();
        withdrawn.Entries.ShouldHaveSingleItem().Changes.ShouldBe(AuditChanges.Of(AuditChanges.Text("/pendingEmail", "new@example.com", null)));
    }

    [Fact]
    public void Create_OfAnAccount_IsActiveAndInTheLog()
    {
        var account = new NewAccount { TenantId = Tenant, Username = "Ada", NormalisedName = "ada", Email = "a@example.com", PasswordHash = "h", Permissions = Read };
        var created = UserAccount.Create(Id, account, Now);
        created.Next.Status.ShouldBe(UserStatus.Active);
        created.Next.CreatedAt.ShouldBe(Now);
        created.Entries.Single().Action.ShouldBe(AuditActions.UserCreated);
        UserAccount.IsCreatedBy(created.Next, account).ShouldBeTrue();
        UserAccount.IsCreatedBy(created.Next, account with { NormalisedName = "eve" }).ShouldBeFalse();
    }

    /// <summary>Actor's permissions, the change, the refusal.</summary>
    public static TheoryData<Permissions, UserChange, Refusal> Changes => new()
    {
        { Owner, new UserChange { Email = "new@example.com" }, Refusal.None },
        { Owner, new UserChange { Email = "no address" }, Refusal.InvalidRequest },
        { Owner, new UserChange { Role = "auditor" }, Refusal.None },
        { Owner, new UserChange { Role = "nobody" }, Refusal.InvalidRequest },
        { Owner, new UserChange { Permissions = Owner | Operate }, Refusal.Forbidden },
        { ManageUsers, new UserChange { Permissions = Read | Edit | ManageUsers }, Refusal.None },
        { ManageUsers, new UserChange { Permissions = Read }, Refusal.Forbidden },
        { ManageUsers, new UserChange { Email = "thief@example.com" }, Refusal.Forbidden },
        { ManageUsers, new UserChange { Email = User.Email }, Refusal.None },
        { Owner, new UserChange { Email = "new@example.com", Status = UserStatus.Disabled }, Refusal.InvalidRequest },
        { ManageUsers, new UserChange { Status = UserStatus.Disabled }, Refusal.Forbidden },
        { Owner, new UserChange { Status = UserStatus.Disabled }, Refusal.None },
    };

    [Theory, Trait("Threat", "T46"), MemberData(nameof(Changes))]
    public void Change_Table(Permissions actor, UserChange change, Refusal expected) =>
        UserAccount.Change(Id, User, ActorWith(actor), change, Roles, Link).Refusal.ShouldBe(expected);

    [Fact]
    public void Change_ToARole_TakesOwnPermissions()
    {
        var changed = UserAccount.Change(Id, User, ActorWith(Owner), new UserChange { Role = "auditor" }, Roles, link: null).Value!;
        (changed.Next.Role, changed.Next.Permissions).ShouldBe(("auditor", None));
        changed.Ended.ShouldBeEmpty();
        changed.Next.Sessions.ShouldBe(User.Sessions);
        changed.Entries.Select(entry => entry.Action).ShouldBe([AuditActions.UserPermissionsSet]);
    }

    [Fact]
    public void Change_ToDisabled_TakesAllSessionsOffTheListAndNamesThem()
    {
        var changed = UserAccount.Change(Id, User, ActorWith(Owner), new UserChange { Status = UserStatus.Disabled }, Roles, link: null).Value!;
        changed.Next.Sessions.ShouldBeEmpty();
        changed.Ended.ShouldBe(User.Sessions);
        changed.Entries.Select(entry => (entry.Action, entry.Session)).ShouldBe(
            [(AuditActions.UserDisabled, ActorWith(Owner).SessionId), (AuditActions.SessionRevoked, First.Id), (AuditActions.SessionRevoked, Second.Id)]);
    }

    [Fact]
    public void Change_OfSeveralThings_HasAnEntryForEach()
    {
        var change = new UserChange { Status = UserStatus.Active, Email = "new@example.com", Permissions = Read };
        var changed = UserAccount.Change(Id, User with { Status = UserStatus.Disabled }, ActorWith(Owner), change, Roles, Link).Value!;
        changed.Entries.Select(entry => entry.Action).ShouldBe([AuditActions.UserEnabled, AuditActions.UserPermissionsSet, AuditActions.UserUpdated]);
        changed.Entries[2].Changes.ShouldBe(AuditChanges.Of(AuditChanges.Text("/pendingEmail", null, "new@example.com")));
        (changed.Next.Email, changed.Next.EmailState!.Pending!.Address).ShouldBe((User.Email, "new@example.com"));
    }

    [Fact]
    public void Change_OfNothing_HasNoEntry() => UserAccount.Change(Id, User, ActorWith(Owner), new UserChange { Email = User.Email }, Roles, Link).Value!.Entries.ShouldBeEmpty();

    [Fact, Trait("Threat", "T23")]
    public void SetPassword_KeepsOneSessionAndTheFactors_GivesUpWhatWaits()
    {
        var factors = new StoredSecondFactors { Totp = new StoredTotp { Secret = [1], LastStep = 1 }, PendingTotp = new PendingTotp { Secret = [2], ExpiresAt = Now } };
        var entry = AuditEntry.BySystem(AuditActions.UserPasswordChanged, UserAuditEntries.PartyOf(Id, User));
        var set = UserAccount.SetPassword(User with { Factors = factors }, "new", entry, keep: First.Id, Now);
        (set.Next.PasswordHash, set.Next.PasswordVersion, set.Next.PasswordChangedAt).ShouldBe(("new", 4, Now));
        set.Next.Sessions.ShouldBe([First]);
        set.Ended.ShouldBe([Second]);
        set.Next.ResetExpiresAt.ShouldBeNull();
        set.Next.Factors!.Totp.ShouldBe(factors.Totp);
        set.Next.Factors.PendingTotp.ShouldBeNull();
        set.Entries.Select(one => one.Action).ShouldBe([AuditActions.UserPasswordChanged, AuditActions.SessionRevoked]);
    }

    [Fact]
    public void Delete_LeavesNoSessionAndNoFactor()
    {
        var deleted = UserAccount.Delete(User with { Factors = new StoredSecondFactors() }, UserAuditEntries.By(ActorWith(Owner), Id, User, AuditActions.UserDeleted));
        (deleted.Next.Deleted, deleted.Next.Status, deleted.Next.Factors).ShouldBe((true, UserStatus.Disabled, null));
        deleted.Next.Sessions.ShouldBeEmpty();
        deleted.Ended.ShouldBe(User.Sessions);
        deleted.Entries.Length.ShouldBe(3);
    }

    [Fact]
    public void AsOf_NothingFromAheadOfNow_IsTheSameValue() => UserAccount.AsOf(User, Now).ShouldBeSameAs(User);

    [Fact]
    public void AsOf_LinkFromAheadOfNow_IsVoidAndCountsFromNow()
    {
        var ahead = Now.AddDays(2);
        var corrected = UserAccount.AsOf(User with { ResetExpiresAt = ahead.AddMinutes(30), ResetLinksAt = [ahead] }, Now);
        corrected.ResetSecretHash.ShouldBeEmpty();
        corrected.ResetLinksAt.ShouldBe([Now]);
    }

    /// <summary>Whether the tenant is the actor's, whether the user is, what the actor holds, what is needed, whether the user itself may, the refusal.</summary>
    [Theory]
    [InlineData(true, true, None, Read, true, Refusal.None)]
    [InlineData(true, true, None, ManageUsers, false, Refusal.Forbidden)]
    [InlineData(true, false, Read, Read, true, Refusal.None)]
    [InlineData(true, false, None, Read, true, Refusal.Forbidden)]
    [InlineData(false, true, Owner, Read, true, Refusal.NotFound)]
    [InlineData(false, false, Owner, Read, false, Refusal.NotFound)]
    public void Refuse_Table(bool sameTenant, bool self, Permissions held, Permissions needed, bool orSelf, Refusal expected)
    {
        var actor = ActorWith(held);
        if (!sameTenant) actor = actor with { TenantId = PrefixedId.New<TenantId>(TimeProvider.System) };
        if (self) actor = actor with { UserId = Id };
        UserAccount.Refuse(Id, User, actor, needed, orSelf).ShouldBe(expected);
    }

    [Fact]
    public void Refuse_NoSuchUser_IsNotFound() => UserAccount.Refuse(Id, null, ActorWith(Owner), Read, orSelf: true).ShouldBe(Refusal.NotFound);

    /// <summary>Whether there is a factor, minutes since the sign-in, minutes since the second factor, the refusal.</summary>
    [Theory]
    [InlineData(false, 1, null, Refusal.None)]
    [InlineData(false, 16, null, Refusal.ReauthenticationRequired)]
    [InlineData(true, 1, null, Refusal.ReauthenticationRequired)]
    [InlineData(true, 16, 1, Refusal.None)]
    [InlineData(true, 16, 16, Refusal.ReauthenticationRequired)]
    public void RefuseStale_Table(bool factor, int signedIn, int? proven, Refusal expected)
    {
        var user = factor ? User with { Factors = new StoredSecondFactors { Phone = [1] } } : User;
        var actor = ActorWith(Read) with { AuthenticatedAt = Now.AddMinutes(-signedIn), SecondFactorAt = proven is { } minutes ? Now.AddMinutes(-minutes) : null };
        UserAccount.RefuseStale(user, actor, Now).ShouldBe(expected);
    }

    private static Actor ActorWith(Permissions permissions) => Someone with { Permissions = permissions };

    private static readonly Actor Someone = new()
    {
        TenantId = Tenant,
        UserId = PrefixedId.New<UserId>(TimeProvider.System),
        SessionId = PrefixedId.New<SessionId>(TimeProvider.System),
        Permissions = None,
        Username = "manager",
    };
}
