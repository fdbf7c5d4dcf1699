using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>
/// The way back for an operator who has lost password or second factor and has no colleague: whoever holds the machine, its data and its master key replaces both. No call of
/// the API leads here.
/// </summary>
internal sealed class OperatorRecovery(UserAccess access, UserPasswords passwords, UserSessions sessions, UserNotifications notifications)
{
    /// <inheritdoc cref="IUserGrainInternal.RecoverOperatorAsync"/>
    public async Task<Outcome<RecoveredOperator>> RecoverAsync(CommittedUser account, OperatorRecoveryRequest request, CancellationToken cancellationToken)
    {
        if (account.Present is not { } user) return Refusal.NotFound;
        var roles = await access.RolesAsync(user.TenantId, cancellationToken);
        if (!roles.Of(user.Role, user.Permissions).Holds(Permissions.Operate)) return Refusal.Forbidden;
        if (user.Status != UserStatus.Active) return Refusal.InvalidRequest;

        var entry = UserAuditEntries.ByCommand(request.Command, account.Id, user, AuditActions.UserPasswordReset, request.Client, AuditChanges.Secret("/password"));
        var replaced = await passwords.ReplaceAsync(user, request.Password, entry, cancellationToken);
        if (replaced.Value is not { } set) return replaced.ToRefused();
        var hadFactors = user.Factors is { Any: true };
        var disabling = UserAuditEntries.ByCommand(request.Command, account.Id, user, AuditActions.UserSecondFactorDisabled, request.Client);
        await account.SaveAsync(
            set.Next with { MustChangePassword = true, Factors = user.Factors is { } factors ? new() { MessagesAt = factors.MessagesAt } : null },
            hadFactors ? [.. set.Entries, disabling] : set.Entries,
            cancellationToken);
        await sessions.EndAllAsync(set.Ended, SessionState.PasswordChanged, cancellationToken);
        await notifications.NotifyAsync(account.Id, user, NotificationTemplates.PasswordChanged, cancellationToken);
        if (hadFactors) await notifications.NotifyAsync(account.Id, user, NotificationTemplates.SecondFactorsReset, cancellationToken);
        return new RecoveredOperator(set.Ended.Length, hadFactors);
    }
}
