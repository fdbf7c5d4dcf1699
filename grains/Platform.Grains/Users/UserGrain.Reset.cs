using System.Security.Cryptography;
using Platform.Audit;
using Platform.Notifications;
using Platform.Security;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>Reset links: the user's state holds the hash of the latest one, nothing else opens the account.</summary>
public sealed partial class UserGrain
{
    private const int LinksPerHour = 3;

    /// <summary>Of what is sealed into links and challenges.</summary>
    private const int SecretSize = 32;

    private static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public async Task<bool> BeginResetAsync(ClientInfo client, CancellationToken cancellationToken) =>
        _state.Value is { Status: UserStatus.Active } user
        && await SendLinkAsync(user, AuditEntry.ByAnybody(AuditActions.UserPasswordResetRequested, PartyOf(user), client), cancellationToken) is null;

    public async Task<Outcome> SendPasswordResetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = await RefuseManagementAsync(actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        if (_state.Value is not { Status: UserStatus.Active } user) return InputErrors.Of(new InputError("", "user_disabled", "Enable the user first."));
        return await SendLinkAsync(user, By(actor, user, AuditActions.UserPasswordResetRequested), cancellationToken) is { } wait ? TooMany(wait) : Outcome.Done;
    }

    /// <summary>Null: sent. Otherwise how long to wait for the next one.</summary>
    private async Task<TimeSpan?> SendLinkAsync(StoredUser user, AuditEntry told, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var links = user.ResetLinksAt.RemoveAll(at => now - at >= Hour);
        if (links.Length >= LinksPerHour) return links[0] + Hour - now;

        var secret = RandomNumberGenerator.GetBytes(SecretSize);
        await SaveAsync(
            user with { ResetSecretHash = [.. SHA256.HashData(secret)], ResetExpiresAt = now + LinkLifetime, ResetLinksAt = links.Add(now) },
            told,
            cancellationToken);
        await NotifyAsync(user, NotificationTemplates.PasswordReset, cancellationToken, ("token", PasswordResetToken.Seal(_master, _id, secret)));
        return null;
    }

    public async Task<Outcome> ResetPasswordAsync(PasswordReset reset, CancellationToken cancellationToken)
    {
        if (_state.Value is not { Status: UserStatus.Active } user || !IsOpen(user, reset.SecretHash.AsSpan())) return Refusal.InvalidToken;
        var told = AuditEntry.ByOwner(PartyOf(user), AuditActions.UserPasswordReset, reset.Client) with { Changes = [AuditChanges.Secret("/password")] };
        return await SetPasswordAsync(user, reset.NewPassword, told, keep: null, cancellationToken);
    }

    /// <summary>A new password cancels open links and sign-ins that wait for their second step; factors stay (threat T23).</summary>
    private StoredUser WithPassword(StoredUser user, string hash) =>
        WithoutChallenges(WithoutLink(user)) with { PasswordHash = hash, PasswordChangedAt = _time.GetUtcNow() };

    private static StoredUser WithoutChallenges(StoredUser user) =>
        user.Factors is { } factors ? user with { Factors = factors with { Challenges = [] } } : user;

    private static StoredUser WithoutLink(StoredUser user) => user with { ResetSecretHash = [], ResetExpiresAt = null };

    private bool IsOpen(StoredUser user, ReadOnlySpan<byte> secretHash) =>
        user.ResetExpiresAt > _time.GetUtcNow() && CryptographicOperations.FixedTimeEquals(user.ResetSecretHash.AsSpan(), secretHash);
}
