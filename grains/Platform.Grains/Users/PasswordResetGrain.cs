using Orleans.Concurrency;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.Users;

[StatelessWorker, Reentrant]
public sealed class PasswordResetGrain(Notifier notifier) : Grain, IPasswordResetGrain
{
    public async Task ForgotAsync(string tenant, string username, CancellationToken cancellationToken)
    {
        var account = await GrainFactory.FindAccountAsync(tenant, username, cancellationToken);
        var sent = account.Rules is { Status: TenantStatus.Active } && await GrainFactory.Account(account.User).BeginResetAsync(cancellationToken);
        if (sent) return;

        // As many writes as a link costs, so that time does not tell (row RESET): one for the user's state, one for the message.
        await notifier.EnqueueNothingAsync(cancellationToken);
        await notifier.EnqueueNothingAsync(cancellationToken);
    }

    public Task<Outcome> ResetAsync(PasswordReset reset, CancellationToken cancellationToken) =>
        GrainFactory.Account(reset.UserId).ResetPasswordAsync(reset, cancellationToken);
}
