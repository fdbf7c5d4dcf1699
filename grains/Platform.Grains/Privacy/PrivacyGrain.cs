using Orleans.Concurrency;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.Paging;

namespace Platform.Privacy;

[StatelessWorker, Reentrant]
internal sealed class PrivacyGrain(PrivacyRecords records, AuditEventTable events, AuditSealer sealer, ErasureTable erasures, ApiKeyTable keys, Notifier notifier) : Grain, IPrivacyGrain
{
    private const int EventsPerStep = 100;

    /// <summary>A change may hold a scenario's content twice.</summary>
    private const int ChangesPerStep = 10;

    private const int MaxApiKeys = 200;

    public Task<Outcome<UserRecord>> BeginExportAsync(Actor actor, UserId user, CancellationToken cancellationToken) =>
        GrainFactory.UserInternal(user).BeginExportAsync(actor, cancellationToken);

    public Task<Outcome<Page<AuditEvent>>> ReadEventsAsync(Actor actor, UserId user, string? after, CancellationToken cancellationToken) =>
        AllowedAsync(actor, user, async () =>
        {
            var page = new PageRequest(EventsPerStep, after);
            var rows = await events.FindOfUserAsync(actor.TenantId, user, AuditPages.Position(after), page.Rows(), cancellationToken);
            var found = await sealer.OpenAsync(rows.ToPage(page, AuditPages.Key), cancellationToken);
            return found with { Items = [.. found.Items.Select(e => OwnEvents.Of(e, user))] };
        });

    public Task<Outcome<Page<AuthoredChange>>> ReadChangesAsync(Actor actor, UserId user, PageRequest page, CancellationToken cancellationToken) =>
        AllowedAsync(actor, user, () => records.ListChangesAsync(user, page with { Limit = Math.Min(page.Limit, ChangesPerStep) }, cancellationToken));

    public Task<Outcome<Page<AuthoredComment>>> ReadCommentsAsync(Actor actor, UserId user, PageRequest page, CancellationToken cancellationToken) =>
        AllowedAsync(actor, user, () => records.ListCommentsAsync(user, page, cancellationToken));

    public Task<Outcome<Page<HeldGrant>>> ReadGrantsAsync(Actor actor, UserId user, PageRequest page, CancellationToken cancellationToken) =>
        AllowedAsync(actor, user, () => records.ListGrantsAsync(user, page, cancellationToken));

    public Task<Outcome<UserHoldings>> ReadHoldingsAsync(Actor actor, UserId user, CancellationToken cancellationToken) => AllowedAsync(actor, user, async () =>
    {
        var made = (await keys.ListAsync(actor.TenantId, new PageRequest(MaxApiKeys, null), cancellationToken)).Items.Where(key => key.CreatedBy == user);
        var waiting = await notifier.FindAsync(message => message.Recipient == user, cancellationToken);
        return new UserHoldings(
            [.. made],
            [.. waiting.Select(m => new WaitingMessage(m.Channel == NotificationChannel.Sms ? "sms" : "email", m.To, m.Template, m.CreatedAt))]);
    });

    public async Task<Outcome<Page<ErasureCertificate>>> ListErasuresAsync(Actor actor, PageRequest page, CancellationToken cancellationToken) =>
        actor.Holds(Permissions.ManageUsers) ? await erasures.ListAsync(actor.TenantId, page, cancellationToken) : Refusal.Forbidden;

    public async Task<Outcome<ErasureCertificate>> GetErasureAsync(Actor actor, ErasureId erasure, CancellationToken cancellationToken)
    {
        if (!actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        return await erasures.FindAsync(actor.TenantId, erasure, cancellationToken) is { } found ? found : Refusal.NotFound;
    }

    /// <summary>Every step is asked for anew: a session or a user may have ended since the last one.</summary>
    private async Task<Outcome<T>> AllowedAsync<T>(Actor actor, UserId user, Func<Task<T>> read) where T : class
    {
        var known = await GrainFactory.User(user).GetAsync(actor with { Permissions = Permissions.Read }, default);
        if (known.Value is null) return known.Refusal;
        return actor.UserId == user || actor.Holds(Permissions.ManageUsers) ? await read() : Refusal.Forbidden;
    }
}
