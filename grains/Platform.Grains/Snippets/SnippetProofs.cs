using System.Globalization;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;

namespace Platform.Snippets;

/// <summary>Checks of proofs, and their consequences for a domain that has lost its proof.</summary>
internal sealed class SnippetProofs(
    SnippetDomains domains, ProvenDomainTable proven, Notifier notifier, ManagerNotifications managers, AuditLog audit, IGrainFactory grains, TimeProvider time)
{
    private const int MaxNotices = 50;

    /// <inheritdoc cref="ISnippetProofGrain.FindChallengeAsync"/>
    public string? FindChallenge(CommittedSnippet account, string domain) =>
        account.Stored is { } snippet && SnippetRules.Find(snippet, domain) is { VerifiedAt: not null } verified && NeedsProof(domain) ? verified.Challenge : null;

    /// <inheritdoc cref="ISnippetProofGrain.SettleProofAsync"/>
    public async Task SettleAsync(CommittedSnippet account, string domain, string challenge, ProofFinding finding, CancellationToken cancellationToken)
    {
        if (account.Stored is not { } snippet || SnippetRules.Find(snippet, domain) is not { VerifiedAt: not null } verified)
        {
            await proven.RemoveAsync(account.Id, [domain], cancellationToken);
            return;
        }

        // Removed, added and proven again since: it has a time of its own.
        if (verified.Challenge == challenge) await SettleAsync(account, actor: null, snippet, verified, finding, cancellationToken);
    }

    /// <param name="account">The snippet.</param>
    /// <param name="actor">Who asked for the check; null for the daily one.</param>
    /// <param name="snippet">As it is.</param>
    /// <param name="verified">A verified domain of it.</param>
    /// <param name="finding">The result of this check.</param>
    public async Task SettleAsync(
        CommittedSnippet account, Actor? actor, StoredSnippet snippet, StoredDomain verified, ProofFinding finding, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var elsewhere = finding == ProofFinding.Missing && await proven.IsProvenElsewhereAsync(snippet.TenantId, verified.Name, cancellationToken);
        var (judged, change) = DomainProofRules.Judge(verified, finding, elsewhere, now);
        if (change == ProofChange.Stopped)
        {
            await StopAsync(account, snippet, judged, cancellationToken);
            await proven.RemoveAsync(account.Id, [verified.Name], cancellationToken);
            return;
        }

        var next = snippet with { Domains = snippet.Domains.Replace(verified, judged) };
        switch (change)
        {
            case ProofChange.Lost or ProofChange.Restored:
                var action = change == ProofChange.Lost ? AuditActions.SnippetDomainProofLost : AuditActions.SnippetDomainProofRestored;
                await audit.RecordThenAsync(snippet.TenantId, [SnippetAuditEntries.Proof(actor, action, account.Id, snippet, verified.Name)], async () =>
                {
                    if (change == ProofChange.Lost) await NotifyAsync(NotificationTemplates.DomainProofLost, snippet, judged, cancellationToken);
                    await account.CommitAsync(next, cancellationToken);
                });
                break;
            default:
                if (judged != verified) await account.CommitAsync(next, cancellationToken);
                break;
        }

        var check = DomainProofRules.NextCheck(judged, now, Random.Shared.NextDouble());
        await proven.SaveAsync(new ProvenDomain(account.Id, verified.Name), snippet.TenantId, check, now, cancellationToken);
    }

    /// <summary>A site on a developer's own machine is proven by nobody, a wildcard by the domain above it.</summary>
    private bool NeedsProof(string domain) => !domains.IsLocal(domain) && !DomainNames.IsWildcard(domain);

    /// <summary>With its wildcard.</summary>
    private Task StopAsync(CommittedSnippet account, StoredSnippet snippet, StoredDomain stopped, CancellationToken cancellationToken)
    {
        var stopping = SnippetRules.WithWildcard(snippet, stopped.Name);
        var next = snippet with { Domains = [.. snippet.Domains.Select(known => stopping.Contains(known) ? DomainProofRules.Pending(known) : known)] };
        return audit.RecordThenAsync(
            snippet.TenantId,
            [.. stopping.Select(domain => SnippetAuditEntries.Proof(actor: null, AuditActions.SnippetDomainStopped, account.Id, snippet, domain.Name))],
            async () =>
            {
                await account.TakeBackAsync(next, cancellationToken);
                await NotifyAsync(NotificationTemplates.DomainStopped, snippet, stopped, cancellationToken);
            });
    }

    private async Task NotifyAsync(string template, StoredSnippet snippet, StoredDomain domain, CancellationToken cancellationToken)
    {
        if (await grains.TenantInternal(snippet.TenantId).FindAsync(cancellationToken) is not { } tenant) return;
        (string, string)[] data =
        [
            ("tenant", tenant.Slug), ("snippet", snippet.Name), ("domain", domain.Name),
            ("txtName", DomainChallenges.TxtName(domain.Name)), ("txtValue", DomainChallenges.TxtValue(domain.Challenge)),
            ("fileUrl", DomainChallenges.FileUrl(domain.Name)), ("fileContent", domain.Challenge),
        ];
        if (DomainProofRules.StopsAt(domain) is { } stops) data = [.. data, ("stops", stops.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture))];
        await notifier.EnqueueAsync(await managers.ComposeAsync(snippet.TenantId, MaxNotices, except: null, template, data, cancellationToken), cancellationToken);
    }
}
