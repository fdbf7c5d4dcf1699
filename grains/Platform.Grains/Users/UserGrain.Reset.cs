using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Notifications;
using Platform.Security;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>Reset links: the user's state holds the hash of the latest one, nothing else opens the account.</summary>
public sealed partial class UserGrain
{
    private const int LinksPerHour = 3;
    private const int SecretSize = 32;

    private static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public async Task<bool> BeginResetAsync(CancellationToken cancellationToken)
    {
        if (_state.Value is not { Status: UserStatus.Active } user) return false;
        var now = _time.GetUtcNow();
        var links = user.ResetLinksAt.RemoveAll(at => now - at >= Hour);
        if (links.Length >= LinksPerHour) return false;

        var secret = RandomNumberGenerator.GetBytes(SecretSize);
        await SaveAsync(
            user with { ResetSecretHash = [.. SHA256.HashData(secret)], ResetExpiresAt = now + LinkLifetime, ResetLinksAt = links.Add(now) },
            cancellationToken);
        await NotifyAsync(user, NotificationTemplates.PasswordReset, cancellationToken, ("token", PasswordResetToken.Seal(_master, _id, secret)));
        return true;
    }

    public async Task<Outcome> ResetPasswordAsync(PasswordReset reset, CancellationToken cancellationToken)
    {
        if (_state.Value is not { Status: UserStatus.Active } user || !IsOpen(user, reset.SecretHash.AsSpan())) return Refusal.InvalidToken;
        var unmet = PasswordPolicy.Check(reset.NewPassword, user.Username, "/newPassword");
        if (unmet.Length > 0) return new Outcome { Refusal = Refusal.PasswordPolicy, Errors = unmet };
        if (await _hashing.HashAsync(reset.NewPassword, cancellationToken) is not { } hash) return Refusal.Busy;

        // One write sets the password, uses the link up and takes every session off the list.
        await SaveAsync(WithPassword(user, hash) with { Sessions = [] }, cancellationToken);
        await EndAllAsync(user.Sessions, SessionState.PasswordChanged, cancellationToken);
        await NotifyAsync(user, NotificationTemplates.PasswordChanged, cancellationToken);
        return Outcome.Done;
    }

    /// <summary>A new password cancels open links.</summary>
    private StoredUser WithPassword(StoredUser user, string hash) =>
        WithoutLink(user) with { PasswordHash = hash, PasswordChangedAt = _time.GetUtcNow() };

    private static StoredUser WithoutLink(StoredUser user) => user with { ResetSecretHash = [], ResetExpiresAt = null };

    private bool IsOpen(StoredUser user, ReadOnlySpan<byte> secretHash) =>
        user.ResetExpiresAt > _time.GetUtcNow() && CryptographicOperations.FixedTimeEquals(user.ResetSecretHash.AsSpan(), secretHash);
}
