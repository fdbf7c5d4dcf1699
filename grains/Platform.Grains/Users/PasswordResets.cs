using System.Security.Cryptography;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>Reset links: the user's state holds the hash of the latest one, nothing else opens the account.</summary>
public sealed partial class UserGrain
{
    private const int LinksPerHour = 3;
    private const string NotSentReason = "not_sent";

    /// <summary>Of what is sealed into links and challenges.</summary>
    private const int SecretSize = 32;

    private static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public async Task<string?> BeginResetAsync(ClientInfo client, int epoch, CancellationToken cancellationToken)
    {
        if (Present is not { Status: UserStatus.Active } user) return NotSentReason;
        if (!await AllowsFromAsync(user, client.Ip, cancellationToken)) return AddressReason;
        var told = AuditEntry.ByAnybody(AuditActions.UserPasswordResetRequested, PartyOf(user), client);
        return await SendLinkAsync(user, epoch, told, cancellationToken) is null ? null : NotSentReason;
    }

    public async Task<Outcome> SendPasswordResetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await RefuseManagementAsync(actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        if (state.Value is not { Status: UserStatus.Active } user) return InputErrors.Of(new InputError("", "user_disabled", "Enable the user first."));
        if (await FindEpochAsync(user, cancellationToken) is not { } epoch) return Refusal.NotFound;
        return await SendLinkAsync(user, epoch, By(actor, user, AuditActions.UserPasswordResetRequested), cancellationToken) is { } wait ? TooMany(wait) : Outcome.Done;
    }

    /// <summary>Null: sent. Otherwise how long to wait for the next one.</summary>
    private async Task<TimeSpan?> SendLinkAsync(StoredUser user, int epoch, AuditEntry told, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        user = await CorrectedAsync(user, now, cancellationToken);
        var links = user.ResetLinksAt.RemoveAll(at => now - at >= Hour);
        if (links.Length >= LinksPerHour) return links[0] + Hour - now;

        var secret = RandomNumberGenerator.GetBytes(SecretSize);
        await SaveAsync(
            user with { ResetSecretHash = [.. SHA256.HashData(secret)], ResetExpiresAt = now + LinkLifetime, ResetTenantEpoch = epoch, ResetLinksAt = links.Add(now) },
            told,
            cancellationToken);
        await NotifyAsync(user, NotificationTemplates.PasswordReset, cancellationToken, ("token", PasswordResetToken.Seal(master, _id, secret)));
        return null;
    }

    public async Task<Outcome> ResetPasswordAsync(PasswordReset reset, CancellationToken cancellationToken)
    {
        if (Present is not { Status: UserStatus.Active } user || !IsOpen(user, reset.SecretHash.AsSpan())) return Refusal.InvalidToken;
        var told = AuditEntry.ByOwner(PartyOf(user), AuditActions.UserPasswordReset, reset.Client) with { Changes = [AuditChanges.Secret("/password")] };
        if (await FindEpochAsync(user, cancellationToken) is not { } epoch || epoch != user.ResetTenantEpoch) return Refusal.InvalidToken;
        if (!await AllowsFromAsync(user, reset.Client?.Ip, cancellationToken))
        {
            // The link stays: whoever holds it may stand elsewhere, and its owner where the rules let people in.
            await RecordFailureAsync(user, told with { Changes = [] }, AddressReason);
            return Refusal.InvalidToken;
        }

        return await SetPasswordAsync(user, reset.NewPassword, told, keep: null, cancellationToken);
    }

    /// <summary>A new password gives up what waits; factors stay (threat T23).</summary>
    private StoredUser WithPassword(StoredUser user, string hash) =>
        WaitingProofs.Cleared(user) with { PasswordHash = hash, PasswordVersion = user.PasswordVersion + 1, PasswordChangedAt = time.GetUtcNow() };

    /// <summary>Null: nobody gets in to the tenant now. Suspending it and ending all its sessions make a new one, and what was handed out under an older one is void.</summary>
    private async Task<int?> FindEpochAsync(StoredUser user, CancellationToken cancellationToken) =>
        await GrainFactory.TenantInternal(user.TenantId).FindSignInRulesAsync(cancellationToken) is { Status: TenantStatus.Active } rules ? rules.Epoch : null;

    /// <summary>
    /// Without times that a clock ahead of now has stored, written before anything is judged by it: a pause that is corrected only in memory would begin anew at each look.
    /// </summary>
    private async Task<StoredUser> CorrectedAsync(StoredUser user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var factors = user.Factors?.AsOf(now);
        var link = user.ResetExpiresAt is { } end && StoredTime.IsAhead(end - LinkLifetime, now);
        if (ReferenceEquals(factors, user.Factors) && !link && !user.ResetLinksAt.Any(at => StoredTime.IsAhead(at, now))) return user;
        var corrected = (link ? WaitingProofs.WithoutLink(user) : user) with { Factors = factors, ResetLinksAt = [.. user.ResetLinksAt.Select(at => StoredTime.Past(at, now))] };
        await SaveAsync(corrected, cancellationToken);
        return corrected;
    }

    private bool IsOpen(StoredUser user, ReadOnlySpan<byte> secretHash) =>
        StoredTime.IsOpen(user.ResetExpiresAt, LinkLifetime, time.GetUtcNow()) && CryptographicOperations.FixedTimeEquals(user.ResetSecretHash.AsSpan(), secretHash);
}
