using Platform.Audit;
using Platform.Tenants;

namespace Platform.SignIn;

/// <summary>Attempts of people who are not known, in the access log. The same work whether tenant and account exist (row LOGIN).</summary>
/// <remarks>
/// Without an account the entry does not say what was typed: it may have been a password. Attempts at tenants that do not exist are the operators' to see, in the
/// log of the platform's own tenant.
/// </remarks>
public sealed class FailedAttempts(IGrainFactory grains, AuditLog audit)
{
    public const string UnknownTenant = "unknown_tenant";
    public const string UnknownUser = "unknown_user";

    /// <param name="account">What was looked up.</param>
    /// <param name="username">As typed, where there is such an account; otherwise null.</param>
    /// <param name="action">What was tried.</param>
    /// <param name="reason">Why it failed, where tenant and account exist.</param>
    /// <param name="client">From where.</param>
    /// <param name="cancellationToken">Of the call.</param>
    internal async Task RecordAsync(
        ResolvedAccount account, string? username, string action, string reason, ClientInfo client, CancellationToken cancellationToken)
    {
        var target = new AuditParty(AuditParties.User, username is null ? null : account.User.ToString(), username);
        var entry = AuditEntry.ByAnybody(action, target, client) with
        {
            Outcome = AuditOutcome.Failure,
            Reason = account.Rules is null ? UnknownTenant : username is null ? UnknownUser : reason,
            DecoySubject = account.User.ToString(),
        };
        var platform = await grains.TenantName(Slugs.Platform).ResolveAsync(cancellationToken);

        // Before the platform's own tenant is there, nobody can have been meant.
        if (account.Rules is null && platform is null) return;

        // A log that exists may have to be read first; so is one that does not.
        if (account.Rules is null) await grains.AuditLog(account.Tenant).HeadAsync(cancellationToken);
        await audit.RecordAsync(account.Rules is null ? platform!.Value : account.Tenant, entry);
    }
}
