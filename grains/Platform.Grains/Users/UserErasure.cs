using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.Privacy;
using Platform.Scenarios;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Tenants;

namespace Platform.Users;

/// <summary>Removes a user, and what is found by the user's name and addresses (row PRIVACY). Each step may have been done before.</summary>
internal sealed class UserErasure(
    UserSessions sessions, SponsoredKeys keys, ErasureTable erasures, ScenarioTable scenarios, Notifier notifier, AuditLog audit, IGrainFactory grains, TimeProvider time)
{
    /// <summary>The log says it, and the job is on disk, when this returns.</summary>
    public Task BeginAsync(StoredUser user, AuditEntry entry, ErasureCertificate certificate, CancellationToken cancellationToken)
    {
        var entries = UserAuditEntries.With(entry, user.Sessions, SessionState.Revoked);
        return audit.RecordThenAsync(user.TenantId, entries, () => erasures.AddAsync(certificate, cancellationToken));
    }

    public async Task EraseAsync(CommittedUser account, CancellationToken cancellationToken)
    {
        if (account.Stored is not { } user) return;
        if (!user.Erasing)
        {
            await keys.NarrowToNothingAsync(account.Id, user.TenantId, cancellationToken);
            await account.CommitAsync(UserAccount.BeginErasure(user), cancellationToken);
            await sessions.EndAllAsync(user.Sessions, SessionState.Revoked, cancellationToken);
        }

        // Whoever goes on after a crash tells it again.
        await keys.SettleAsync(account.Id, user.TenantId, now: null, cancellationToken);
        await ForgetGrantsAsync(account.Id, cancellationToken);
        var slug = (await grains.TenantInternal(user.TenantId).FindAsync(cancellationToken))?.Slug;
        await notifier.RemoveAsync(message => message.Recipient == account.Id || IsAbout(message, slug, user), cancellationToken);
        await grains.SignInThrottle(SignInAccounts.Key(user.TenantId, account.NameIndex(user))).ForgetAsync(cancellationToken);
        await grains.UserName(user.TenantId, account.NameIndex(user)).ReleaseAsync(account.Id, cancellationToken);
        await RemoveAsync(account, cancellationToken);
        await grains.TenantUsage(user.TenantId).GiveBackAsync(TenantObject.User);
    }

    public async Task ForgetGrantsAsync(UserId id, CancellationToken cancellationToken)
    {
        foreach (var scenario in await scenarios.ListGrantedAsync(id, cancellationToken)) await grains.ScenarioInternal(scenario).ForgetUserAsync(id, cancellationToken);
    }

    /// <summary>
    /// Also runs at activation, for which other grains may be waiting, so it asks none: a name whose owner does not exist can be claimed anyway, and a grant of nobody
    /// gives nothing.
    /// </summary>
    public async Task RemoveAsync(CommittedUser account, CancellationToken cancellationToken)
    {
        try
        {
            await erasures.AddFormerAsync(account.Id, account.Stored!.TenantId, time.GetUtcNow(), cancellationToken);
            await scenarios.RemoveGrantsAsync(account.Id, cancellationToken);
            await account.RemoveAsync(cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            account.Deactivate();
            throw;
        }
    }

    /// <summary>Managers also get messages about other users.</summary>
    private static bool IsAbout(Notification message, string? slug, StoredUser user) =>
        message.Data.GetValueOrDefault("tenant") == slug && message.Data.GetValueOrDefault("username") == user.Username;
}
