using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.SignIn;

/// <summary>Holds <see cref="StrangerFailures"/> and <see cref="StrangerEntries"/>. Nothing is awaited between a look and a change.</summary>
internal sealed partial class StrangerGuardGrain(
    IOptions<SignInOptions> options, Notifier notifier, ManagerNotifications managers, AuditLog audit, TimeProvider time, ILogger<StrangerGuardGrain> logger) : Grain, IStrangerGuardGrain
{
    public const string SprayedReason = "spraying";

    private const int MaxTold = 20;

    /// <summary>A network's budget at all tenants together is so many times that at one.</summary>
    private const int TenantsFactor = 3;

    private readonly StrangerEntries _entries = new(options.Value.LoggedFailures);
    private StrangerFailures _failures = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _failures = new StrangerFailures(StrangerGuards.TenantOf(this.GetPrimaryKeyString()) is not null
            ? new StrangerBudget(options.Value.FailuresPerNetwork, options.Value.FailuresPerTenant)
            : new StrangerBudget(options.Value.FailuresPerNetwork * TenantsFactor, InAll: null));
        return Task.CompletedTask;
    }

    public Task<Admission> AdmitAsync(string network, CancellationToken cancellationToken) => Task.FromResult(_failures.Admit(network, time.GetUtcNow()));

    public Task ConcludeAsync(string network, bool? succeeded, CancellationToken cancellationToken) =>
        _failures.Conclude(network, succeeded, time.GetUtcNow()) ? this.AsReference<IStrangerGuardGrain>().AlertAsync(network) : Task.CompletedTask;

    public Task<StrangerEntry> TakeEntryAsync(CancellationToken cancellationToken) => Task.FromResult(_entries.Take(time.GetUtcNow()));

    public Task SkipAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task AlertAsync(string network)
    {
        try
        {
            if (StrangerGuards.TenantOf(this.GetPrimaryKeyString()) is not { } id || await GrainFactory.TenantInternal(id).FindAsync(default) is not { } tenant) return;
            Sprayed(logger);
            await audit.RecordAsync(id, AuditEntry.ByAnybody(AuditActions.SessionSignInFailed, new AuditParty(AuditParties.Tenant, id.ToString(), tenant.Slug), client: null) with
            {
                Outcome = AuditOutcome.Failure, Reason = SprayedReason,
            });
            (string, string)[] data = [("tenant", tenant.Slug), ("network", network)];
            var messages = await managers.ComposeAsync(id, MaxTold, except: null, NotificationTemplates.SignInsSprayed, data, default);
            if (await GrainFactory.TenantName(Slugs.Platform).ResolveAsync(default) is { } platform && platform != id)
            {
                messages.AddRange(await managers.ComposeAsync(platform, MaxTold, except: null, NotificationTemplates.SignInsSprayed, data, default));
            }

            await notifier.EnqueueAsync(messages, default);
        }
        catch (Exception failure)
        {
            // Nobody waits for this call. Where it goes on, it is raised anew with the next window.
            NotRaised(logger, failure);
        }
    }

    [LoggerMessage(EventName = "SignInsSprayed", Level = LogLevel.Warning,
        Message = "Strangers try passwords at many accounts of one tenant; each of their networks has three tries in 15 minutes while it goes on")]
    private static partial void Sprayed(ILogger logger);

    [LoggerMessage(EventName = "SprayingAlertNotRaised", Level = LogLevel.Warning, Message = "The notification about failures at many accounts of a tenant could not be written")]
    private static partial void NotRaised(ILogger logger, Exception failure);
}
