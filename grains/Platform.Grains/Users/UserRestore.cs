using System.Collections.Immutable;
using Platform.Audit;
using Platform.Internal;
using Platform.Privacy;
using Platform.SecondFactors;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>Carries out on a user of a restored database what the journal of endings knows (decision 118).</summary>
internal sealed class UserRestore(UserAccess access, UserManagement management, UserErasure erasure, ErasureTable erasures, SponsoredKeys keys, AuditLog audit, IGrainFactory grains, TimeProvider time)
{
    /// <inheritdoc cref="IUserGrainInternal.EndAgainAsync"/>
    public async Task<bool> EndAgainAsync(CommittedUser account, UserEndings endings, PlatformRestore restore, TenantId tenant, CancellationToken cancellationToken)
    {
        if (account.Present is not { } user)
        {
            if (endings.Erased) await EraseFormerAsync(account.Id, restore, tenant, cancellationToken);
            return true;
        }

        // What operators do to members of other tenants stands in their own log, too; it is done by that of the tenant.
        if (user.TenantId != tenant) return true;
        if (endings is not ({ Erased: true } or { Deleted: true })) return await ChangeAsync(account, user, endings, restore, cancellationToken);
        var hasManager = await management.PrepareAsync(account.Id, user, user with { Status = UserStatus.Disabled }, cancellationToken);
        var party = UserAuditEntries.PartyOf(account.Id, user);
        if (endings.Erased) await erasure.BeginAsync(user, AuditEntry.ByRestore(restore, AuditActions.UserErased, party), Certificate(account.Id, tenant), cancellationToken);
        else await management.RemoveAsync(account, UserAccount.Delete(user, AuditEntry.ByRestore(restore, AuditActions.UserDeleted, party)), cancellationToken);
        return hasManager;
    }

    /// <summary>The account without what has ended, and what the log says of it; none where nothing has. Pure.</summary>
    internal static (StoredUser Next, ImmutableArray<AuditEntry> Entries) After(UserId id, StoredUser user, UserEndings endings, RoleSet roles, PlatformRestore restore)
    {
        var (next, entries) = (user, ImmutableArray.CreateBuilder<AuditEntry>());
        void Add(string action, params ReadOnlySpan<AuditChange?> changes) =>
            entries.Add(AuditEntry.ByRestore(restore, action, UserAuditEntries.PartyOf(id, user)) with { Changes = AuditChanges.Of(changes) });

        var rights = RightsOf(user, endings.Rights, roles);
        if (rights is { } last && (last.Role, last.Own) != (user.Role, user.Permissions))
        {
            next = next with { Role = last.Role, Permissions = last.Own };
            Add(AuditActions.UserPermissionsSet, AuditChanges.Text("/role", user.Role, last.Role), AuditChanges.Rights("/permissions", user.Role is null ? user.Permissions : null, last.Role is null ? last.Own : null));
        }

        if (endings.Disabled && user.Status != UserStatus.Disabled)
        {
            next = next with { Status = UserStatus.Disabled, Sessions = [] };
            Add(AuditActions.UserDisabled, AuditChanges.Name<UserStatus>("/status", user.Status, UserStatus.Disabled));
        }

        if (user.Factors is { } factors && Without(factors, endings) is var left && left.Set != factors.Set)
        {
            next = next with { Factors = left };
            if (factors.Set.HasFlag(SecondFactorMethods.Totp) && left.Totp is null) Add(AuditActions.UserSecondFactorDisabled, AuditChanges.Text("/secondFactor", "totp", null));
            if (factors.Set.HasFlag(SecondFactorMethods.Sms) && left.Phone is null) Add(AuditActions.UserSecondFactorDisabled, AuditChanges.Text("/secondFactor", "sms", null));
        }

        if (endings.RecoveryCodesReplaced && next.Factors is { RecoveryCodes.IsEmpty: false } withCodes)
        {
            next = next with { Factors = withCodes with { RecoveryCodes = [] } };
            Add(AuditActions.UserUpdated, AuditChanges.Secret("/recoveryCodes"));
        }

        // The password that counted last is lost, or the factor that stood beside it. Its owner sets a new one by a link to the own address.
        var isLost = (endings.TotpEnabled && next.Factors?.Totp is null) || (endings.PhoneEnabled && next.Factors?.Phone is null);
        if (user.PasswordHash.Length > 0 && (isLost || user.PasswordChangedAt < endings.PasswordReplacedAt))
        {
            next = next with { PasswordHash = "", PasswordVersion = user.PasswordVersion + 1, PasswordChangedAt = restore.RestoredAt };
            Add(AuditActions.UserPasswordReset, AuditChanges.Secret("/password"));
        }

        return (next, entries.DrainToImmutable());
    }

    private static StoredSecondFactors Without(StoredSecondFactors factors, UserEndings endings)
    {
        if (factors.Totp is not null && (factors.TotpSince ?? DateTimeOffset.MinValue) < endings.TotpRemovedAt) factors = factors with { Totp = null, TotpSince = null };
        if (factors.Phone is not null && (factors.PhoneSince ?? DateTimeOffset.MinValue) < endings.PhoneRemovedAt) factors = factors with { Phone = null, PhoneSince = null };
        return factors.Any ? factors : factors with { RecoveryCodes = [] };
    }

    /// <summary>Those of the journal; where it has a gap, no more of them than the backup gives.</summary>
    private static (string? Role, Permissions Own)? RightsOf(StoredUser user, RightsEnding? last, RoleSet roles)
    {
        if (last is null) return null;
        var (before, after) = (roles.Of(user.Role, user.Permissions), roles.Of(last.Role, last.Permissions));
        return last.IsWhole || (after & ~before) == Permissions.None ? (last.Role, last.Role is null ? last.Permissions : Permissions.None) : (null, before & after);
    }

    private async Task<bool> ChangeAsync(CommittedUser account, StoredUser user, UserEndings endings, PlatformRestore restore, CancellationToken cancellationToken)
    {
        var roles = await access.RolesAsync(user.TenantId, cancellationToken);
        var (next, entries) = After(account.Id, user, endings, roles, restore);
        if (entries.IsEmpty) return true;
        var hasManager = await management.PrepareAsync(account.Id, user, next, cancellationToken);
        await keys.NarrowAsync(account.Id, user, next, roles, cancellationToken);
        await account.SaveAsync(next, entries, cancellationToken);
        await grains.TenantInternal(user.TenantId).CommitEligibilityChangeAsync(account.Id, UserAccount.EligibilityOf(next), cancellationToken);
        await keys.SettleAsync(account.Id, user.TenantId, next, cancellationToken);
        return hasManager;
    }

    /// <summary>One that was deleted before the backup was made.</summary>
    private async Task EraseFormerAsync(UserId id, PlatformRestore restore, TenantId tenant, CancellationToken cancellationToken)
    {
        if (await erasures.FindFormerAsync(id, cancellationToken) != tenant || await erasures.FindAsync(id, cancellationToken) is not null) return;
        var entry = AuditEntry.ByRestore(restore, AuditActions.UserErased, new AuditParty(AuditParties.User, id.ToString()));
        await audit.RecordThenAsync(tenant, [entry], () => erasures.AddAsync(Certificate(id, tenant), cancellationToken));
    }

    private ErasureCertificate Certificate(UserId id, TenantId tenant) => new() { Id = PrefixedId.New<ErasureId>(time), TenantId = tenant, UserId = id, RequestedAt = time.GetUtcNow() };
}
