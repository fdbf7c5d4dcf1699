using Orleans.Concurrency;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.SignIn;
using Platform.Tenants;

namespace Platform.Users;

[StatelessWorker, Reentrant]
internal sealed class PasswordResetGrain(AccountResolver accounts, FailedAttempts failures, Notifier notifier) : Grain, IPasswordResetGrain
{
    private const string NotSentReason = "not_sent";

    public async Task ForgotAsync(string tenant, string username, ClientInfo client, CancellationToken cancellationToken)
    {
        var account = await accounts.ResolveAsync(tenant, username, cancellationToken);
        var reason = account.Rules is { Status: TenantStatus.Active, Epoch: var epoch }
            ? await GrainFactory.UserInternal(account.User).BeginResetAsync(client, epoch, cancellationToken)
            : NotSentReason;
        if (reason is null) return;

        // As many writes as a link costs, so that the time reveals nothing (row RESET): the log, one for the user's state, one for the message.
        await failures.RecordAsync(
            account, account.UserExists ? username : null, AuditActions.UserPasswordResetRequested, reason, client, byStranger: true, cancellationToken);
        await notifier.EnqueueNothingAsync(account.User, cancellationToken);
        await notifier.EnqueueNothingAsync(account.User, cancellationToken);
    }

    public Task<Outcome> ResetAsync(PasswordReset reset, CancellationToken cancellationToken) =>
        GrainFactory.UserInternal(reset.UserId).ResetPasswordAsync(reset, cancellationToken);
}
