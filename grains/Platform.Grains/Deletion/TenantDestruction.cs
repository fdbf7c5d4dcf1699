using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.Security;
using Platform.Support;
using Platform.Tenants;

namespace Platform.Deletion;

/// <summary>
/// Destroys a tenant whose deletion has begun. The order is what makes it safe to be killed anywhere: the data keys go first, so that nothing personal can be read from then on, in no copy without the
/// table of keys either; then states and rows; then the tenant itself, which lets the database close the access log; the certificate last. Every step may have been done before, and removes what it finds.
/// </summary>
internal sealed class TenantDestruction(
    TenantRecords records, AuditClosureTable closures, DataKeys keys, AuditSigner signer, AuditLog audit, IGrainFactory grains, TimeProvider time)
{
    private const long EventsPerStep = 1_000;

    /// <param name="deletion">With the counts of its beginning.</param>
    /// <param name="slug">Null where the tenant is gone already.</param>
    /// <returns>The certificate.</returns>
    public async Task<TenantDeletionView> RunAsync(TenantDeletionView deletion, string? slug)
    {
        var tenant = deletion.TenantId;
        await EndAccessAsync(tenant);
        await DestroyKeysAsync(tenant);
        await RemoveAllAsync(tenant);
        if (slug is not null) await grains.TenantName(slug).RetireAsync(tenant, CancellationToken.None);
        await grains.TenantInternal(tenant).DropAsync(CancellationToken.None);

        var target = new AuditParty(AuditParties.Tenant, tenant.ToString());
        var head = await grains.AuditLog(tenant).CloseAsync(AuditEntry.BySystem(AuditActions.TenantDeleted, target), CancellationToken.None);

        // What calls that were under way have written until the log was closed. From here on none can: each tells the log first.
        await EndAccessAsync(tenant);
        await DestroyKeysAsync(tenant);
        await RemoveAllAsync(tenant);
        await records.RemoveThrottlesAsync(tenant, CancellationToken.None);
        while (await closures.SweepAsync(tenant, EventsPerStep, CancellationToken.None))
        {
            // The next step.
        }

        await records.ScrubAsync(CancellationToken.None);
        await RecordAsync(target);
        return await signer.SignAsync(deletion with { CompletedAt = time.GetUtcNow(), LogSequence = head.Sequence, LogHash = head.Hash }, CancellationToken.None);
    }

    private async Task EndAccessAsync(TenantId tenant)
    {
        await grains.ApiKeySponsors(tenant).DropAsync(CancellationToken.None);
        await grains.SupportExpiry(tenant).DropAsync(CancellationToken.None);
    }

    private async Task DestroyKeysAsync(TenantId tenant)
    {
        await keys.DestroyAsync(tenant.ToString(), CancellationToken.None);
        IReadOnlyList<string> subjects = [];
        do
        {
            subjects = await records.ListSubjectsAsync(tenant, subjects.Count == 0 ? "" : subjects[^1], CancellationToken.None);
            await keys.DestroyAsync(subjects, CancellationToken.None);
        }
        while (subjects.Count == TenantRecords.StepSize);
    }

    private async Task RemoveAllAsync(TenantId tenant)
    {
        await RemoveSessionsAsync(tenant);
        await RemoveScenariosAsync(tenant);
        foreach (var snippet in await grains.TenantSnippets(tenant).ListAsync(CancellationToken.None)) await grains.SnippetInternal(snippet).DropAsync(CancellationToken.None);
        await grains.NotificationTemplatesInternal(tenant).DropAsync(CancellationToken.None);
        await RemoveUsersAsync(tenant);
        await records.RemoveRestAsync(tenant, CancellationToken.None);
    }

    private async Task RemoveSessionsAsync(TenantId tenant)
    {
        while (await records.ListSessionsAsync(tenant, CancellationToken.None) is { Count: > 0 } sessions)
        {
            await Task.WhenAll(sessions.Select(session => grains.Session(session).ForgetAsync(CancellationToken.None)));
            await records.RemoveSessionsAsync(sessions, CancellationToken.None);
        }
    }

    private async Task RemoveScenariosAsync(TenantId tenant)
    {
        while (await records.ListScenariosAsync(tenant, CancellationToken.None) is { Count: > 0 } scenarios)
        {
            await Task.WhenAll(scenarios.Select(scenario => grains.ScenarioInternal(scenario).DropAsync(CancellationToken.None)));
            await records.RemoveScenariosAsync(scenarios, CancellationToken.None);
        }
    }

    private async Task RemoveUsersAsync(TenantId tenant)
    {
        while (await records.ListUsersAsync(tenant, CancellationToken.None) is { Count: > 0 } users)
        {
            await Task.WhenAll(users.Select(async user =>
            {
                await grains.UserInternal(user.Id).DropAsync(CancellationToken.None);
                await grains.UserName(tenant, user.BlindIndex).ReleaseAsync(user.Id, CancellationToken.None);
            }));
            await records.RemoveUsersAsync(users, CancellationToken.None);
        }
    }

    /// <summary>In the log of the operators' tenant, since the tenant's own is gone.</summary>
    private async Task RecordAsync(AuditParty target)
    {
        if (await grains.TenantName(Slugs.Platform).ResolveAsync(CancellationToken.None) is { } home) await audit.RecordAsync(home, AuditEntry.BySystem(AuditActions.TenantDeleted, target));
    }
}
