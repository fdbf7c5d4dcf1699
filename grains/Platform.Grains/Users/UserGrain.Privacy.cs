using System.Collections.Immutable;
using Platform.Audit;
using Platform.Privacy;

namespace Platform.Users;

/// <summary>What the user's own grain does for export (row PRIVACY).</summary>
public sealed partial class UserGrain
{
    public Task<ImmutableArray<string>> FindAddressesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<string>>(_state.Value is { } user ? [.. AddressesOf(user)] : []);

    public async Task<Outcome<UserRecord>> BeginExportAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = actor.UserId == _id ? RefuseOwnExport(actor) : await RefuseManagementAsync(actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = _state.Value!;
        await GrainFactory.RecordAsync(user.TenantId, [By(actor, user, AuditActions.UserExported)]);
        var factors = FactorsOf(user);
        return new UserRecord
        {
            User = ViewOf(user) with { Permissions = (await RolesAsync(user.TenantId, cancellationToken)).Of(user.Role, user.Permissions) },
            Totp = factors.Totp is not null,
            TotpSince = factors.Totp is null ? null : factors.TotpSince,
            Phone = factors.Phone is { } phone ? _secrets.OpenPhone(_id, phone) : null,
            PhoneSince = factors.Phone is null ? null : factors.PhoneSince,
            UnconfirmedPhone = factors.PendingPhone is { } pending ? _secrets.OpenPhone(_id, pending.Number) : null,
            RecoveryCodesRemaining = factors.RecoveryCodes.Length,
            TextMessagesAt = factors.MessagesAt,
            ResetLinksAt = user.ResetLinksAt,
        };
    }

    /// <summary>A stolen session that is no longer fresh does not carry everything away (ASVS 7.5.1).</summary>
    private Refusal RefuseOwnExport(Actor actor)
    {
        if (!IsSelf(actor)) return Refusal.NotFound;
        return IsFresh(_state.Value!.Factors is { Any: true } ? actor.SecondFactorAt : actor.AuthenticatedAt) ? Refusal.None : Refusal.ReauthenticationRequired;
    }

    private IEnumerable<string> AddressesOf(StoredUser user)
    {
        yield return user.Email;
        if (user.Factors?.Phone is { } phone) yield return _secrets.OpenPhone(_id, phone);
        if (user.Factors?.PendingPhone is { } pending) yield return _secrets.OpenPhone(_id, pending.Number);
    }
}
