using System.Collections.Immutable;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;

namespace Platform.ApiKeys;

/// <summary>Tells of keys that go dormant, or count again: the access log first, then the managers, who can take them over.</summary>
internal sealed class ApiKeyDormancy(AuditLog audit, ManagerNotifications managers, Notifier notifier, IGrainFactory grains)
{
    private const int MaxTold = 20;

    /// <summary>Where the change is not written, all of it is told again.</summary>
    /// <param name="tenant">Whose keys.</param>
    /// <param name="changes">Keys as they are to be, with what is known of their sponsors.</param>
    /// <param name="change">Writes them.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async Task RecordThenAsync(TenantId tenant, IReadOnlyList<(StoredApiKey Key, SponsorStanding? Sponsor)> changes, Func<Task> change, CancellationToken cancellationToken)
    {
        if (changes.Count > 0)
        {
            await audit.RecordAsync(tenant, [.. changes.Select(it => ApiKeyAuditEntries.OfDormancy(it.Key, it.Sponsor))]);
            await notifier.EnqueueAsync(await ComposeAsync(tenant, [.. changes.Where(it => it.Key.IsDormant)], cancellationToken), cancellationToken);
        }

        await change();
    }

    private async Task<List<Notification>> ComposeAsync(TenantId tenant, ImmutableArray<(StoredApiKey Key, SponsorStanding? Sponsor)> dormant, CancellationToken cancellationToken)
    {
        var messages = new List<Notification>();
        if (dormant.IsEmpty || await grains.TenantInternal(tenant).FindAsync(cancellationToken) is not { } owner) return messages;

        // One message, however many keys a user had.
        foreach (var group in dormant.GroupBy(it => ApiKeyAuditEntries.ReasonOf(it.Sponsor), it => it.Key))
        {
            (string, string)[] data = [("tenant", owner.Slug), ("keys", string.Join(' ', group.Select(key => key.Id))), ("names", string.Join(", ", group.Select(key => key.Name))), ("reason", group.Key)];
            messages.AddRange(await managers.ComposeAsync(tenant, MaxTold, except: null, NotificationTemplates.ApiKeyDormant, data, cancellationToken));
        }

        return messages;
    }
}
