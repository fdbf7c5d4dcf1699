using System.Collections.Immutable;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.Privacy;
using Platform.SecondFactors;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Users;

/// <summary>What the user's own grain does for export and erasure (row PRIVACY).</summary>
public sealed partial class UserGrain
{
    public Task<ImmutableArray<string>> FindAddressesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<string>>(state.Value is { } user ? [.. AddressesOf(user)] : []);

    public async Task<Outcome<UserRecord>> BeginExportAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = actor.UserId == _id ? RefuseOwnExport(actor) : await RefuseManagementAsync(actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = state.Value!;
        await audit.RecordAsync(user.TenantId, [By(actor, user, AuditActions.UserExported)]);
        var factors = FactorsOf(user);
        return new UserRecord
        {
            User = ViewOf(user) with { Permissions = (await RolesAsync(user.TenantId, cancellationToken)).Of(user.Role, user.Permissions) },
            Totp = factors.Totp is not null,
            TotpSince = factors.Totp is null ? null : factors.TotpSince,
            Phone = factors.Phone is { } phone ? secrets.OpenPhone(_id, phone) : null,
            PhoneSince = factors.Phone is null ? null : factors.PhoneSince,
            UnconfirmedPhone = factors.PendingPhone is { } pending ? secrets.OpenPhone(_id, pending.Number) : null,
            RecoveryCodesRemaining = factors.RecoveryCodes.Length,
            TextMessagesAt = factors.MessagesAt,
            ResetLinksAt = user.ResetLinksAt,
        };
    }

    /// <summary>A stolen session that is no longer fresh does not carry everything away (ASVS 7.5.1).</summary>
    private Refusal RefuseOwnExport(Actor actor) => IsSelf(actor) ? RefuseStale(actor) : Refusal.NotFound;

    public async Task<Outcome> BeginErasureAsync(Actor actor, ErasureCertificate erasure, bool fresh, CancellationToken cancellationToken)
    {
        _changing = true;
        try
        {
            var refusal = await RefuseManagementAsync(actor, cancellationToken);
            if (refusal != Refusal.None) return refusal;
            if (!fresh) return Refusal.ReauthenticationRequired;
            var user = state.Value!;
            if (!await AdmitAsync(user, user with { Status = UserStatus.Disabled }, cancellationToken)) return Refusal.LastManager;
            var told = With(By(actor, user, AuditActions.UserErased), user.Sessions, SessionState.Revoked);
            await audit.RecordThenAsync(user.TenantId, told, () => erasures.AddAsync(erasure, cancellationToken));
            return Outcome.Done;
        }
        finally
        {
            _changing = false;
        }
    }

    public async Task EraseAsync(CancellationToken cancellationToken)
    {
        if (state.Value is not { } user) return;
        if (!user.Erasing)
        {
            // From here on there is no such user; name and addresses stay until all that is found by them is gone.
            await state.CommitAsync(user with { Deleted = true, Erasing = true, Status = UserStatus.Disabled, Sessions = [] }, cancellationToken);
            await EndAllAsync(user.Sessions, SessionState.Revoked, cancellationToken);
        }

        await ForgetGrantsAsync(cancellationToken);
        var addresses = AddressesOf(user).ToHashSet(StringComparer.Ordinal);
        var slug = (await GrainFactory.TenantInternal(user.TenantId).FindAsync(cancellationToken))?.Slug;
        await notifier.RemoveAsync(message => addresses.Contains(message.To) || IsAbout(message, slug, user), cancellationToken);
        await GrainFactory.SignInThrottle(SignInAccounts.Key(user.TenantId, UsernameBlindIndexOf(user))).ForgetAsync(cancellationToken);
        await GrainFactory.UserName(user.TenantId, UsernameBlindIndexOf(user)).ReleaseAsync(_id, cancellationToken);
        await RemoveAsync(cancellationToken);
    }

    /// <summary>Managers also get messages about other users.</summary>
    private static bool IsAbout(Notification message, string? slug, StoredUser user) =>
        message.Data.GetValueOrDefault("tenant") == slug && message.Data.GetValueOrDefault("username") == user.Username;

    private IEnumerable<string> AddressesOf(StoredUser user)
    {
        yield return user.Email;
        if (user.Factors?.Phone is { } phone) yield return secrets.OpenPhone(_id, phone);
        if (user.Factors?.PendingPhone is { } pending) yield return secrets.OpenPhone(_id, pending.Number);
    }
}
