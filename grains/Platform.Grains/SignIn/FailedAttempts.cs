using System.Collections.Immutable;
using System.Globalization;
using Platform.Audit;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.SignIn;

/// <summary>Attempts of people who are not known, in the access log. The same work whether tenant and account exist (row LOGIN).</summary>
/// <remarks>
/// Without an account the entry does not say what was typed: it may have been a password. Attempts at tenants that do not exist are the operators' to see, in the
/// log of the platform's own tenant. Beyond a number of attempts of strangers a log tells them together (<see cref="StrangerEntries"/>).
/// </remarks>
internal sealed class FailedAttempts(IGrainFactory grains, AuditLog audit, Notifier notifier)
{
    public const string UnknownTenant = "unknown_tenant";
    public const string UnknownUser = "unknown_user";
    public const string NotToldSingly = "not_told_singly";

    /// <param name="account">What was looked up.</param>
    /// <param name="username">As typed, where there is such an account; otherwise null.</param>
    /// <param name="action">What was tried.</param>
    /// <param name="reason">Why it failed, where tenant and account exist.</param>
    /// <param name="client">From where.</param>
    /// <param name="byStranger">The account does not know where it came from, or nobody asked.</param>
    internal async Task RecordAsync(
        ResolvedAccount account, string? username, string action, string reason, ClientInfo client, bool byStranger, CancellationToken cancellationToken)
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

        // A log that exists may have to be read first; so is one that does not. Where it has been read, both cost this call.
        await grains.AuditLog(account.Tenant).HeadAsync(cancellationToken);
        var log = account.Rules is null ? platform!.Value : account.Tenant;
        if (byStranger)
        {
            await RecordOfStrangerAsync(log, entry, account.User, cancellationToken);
            return;
        }

        await grains.StrangersAt(log).SkipAsync(cancellationToken);
        await audit.RecordAsync(log, entry);
    }

    /// <summary>Whether an attempt has an entry of its own depends on how many its log has had, never on what exists; without one it costs a write all the same.</summary>
    private async Task RecordOfStrangerAsync(TenantId log, AuditEntry entry, UserId subject, CancellationToken cancellationToken)
    {
        var told = await grains.StrangersAt(log).TakeEntryAsync(cancellationToken);
        ImmutableArray<AuditEntry> entries = told.Untold == 0 ? [] : [Others(entry, told.Untold)];
        if (told.IsSingle) entries = entries.Add(entry);
        if (entries.IsEmpty) await notifier.EnqueueNothingAsync(subject, cancellationToken);
        else await audit.RecordAsync(log, entries);
    }

    private static AuditEntry Others(AuditEntry entry, int count) => AuditEntry.ByAnybody(entry.Action, new AuditParty(AuditParties.User, Id: null), client: null) with
    {
        Outcome = AuditOutcome.Failure,
        Reason = NotToldSingly,
        DecoySubject = entry.DecoySubject,
        Changes = [new AuditChange("/attempts", null, count.ToString(CultureInfo.InvariantCulture))],
    };
}
