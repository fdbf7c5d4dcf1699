using System.Collections.Immutable;
using System.Globalization;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.Users;

namespace Platform.Snippets;

/// <summary>Proofs that are looked for again, and what becomes of a domain that has lost its own.</summary>
public sealed partial class SnippetGrain
{
    private const int MaxNotices = 50;

    public Task<string?> FindChallengeAsync(string domain, CancellationToken cancellationToken) =>
        Task.FromResult(state.Value is { } snippet && Find(snippet, domain) is { VerifiedAt: not null } proven && NeedsProof(domain) ? proven.Challenge : null);

    public async Task SettleProofAsync(string domain, string challenge, ProofFinding finding, CancellationToken cancellationToken)
    {
        if (state.Value is not { } snippet || Find(snippet, domain) is not { VerifiedAt: not null } proven)
        {
            await provenDomains.RemoveAsync(_id, [domain], cancellationToken);
            return;
        }

        // Removed, added and proven again since: it has a time of its own.
        if (proven.Challenge == challenge) await SettleAsync(actor: null, snippet, proven, finding, cancellationToken);
    }

    /// <summary>A site on a developer's own machine is proven by nobody, a wildcard by the domain above it.</summary>
    private bool NeedsProof(string domain) => !domains.IsLocal(domain) && !DomainNames.IsWildcard(domain);

    /// <param name="actor">Who asked for the look; null for the daily one.</param>
    /// <param name="snippet">As it is.</param>
    /// <param name="proven">A verified domain of it.</param>
    /// <param name="finding">Of the look just made.</param>
    /// <param name="cancellationToken">Of the call.</param>
    private async Task SettleAsync(Actor? actor, StoredSnippet snippet, StoredDomain proven, ProofFinding finding, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var elsewhere = finding == ProofFinding.Missing && await provenDomains.IsProvenElsewhereAsync(snippet.TenantId, proven.Name, cancellationToken);
        var (judged, change) = DomainProofRules.Judge(proven, finding, elsewhere, now);
        if (change == ProofChange.Stopped)
        {
            await StopAsync(snippet, judged, cancellationToken);
            await provenDomains.RemoveAsync(_id, [proven.Name], cancellationToken);
            return;
        }

        var next = snippet with { Domains = snippet.Domains.Replace(proven, judged) };
        switch (change)
        {
            case ProofChange.Lost or ProofChange.Restored:
                var action = change == ProofChange.Lost ? AuditActions.SnippetDomainProofLost : AuditActions.SnippetDomainProofRestored;
                await audit.RecordThenAsync(snippet.TenantId, [ProofEntry(actor, action, snippet, proven.Name)], async () =>
                {
                    if (change == ProofChange.Lost) await NotifyAsync(NotificationTemplates.DomainProofLost, snippet, judged, cancellationToken);
                    await state.CommitAsync(next, cancellationToken);
                });
                break;
            default:
                if (judged != proven) await state.CommitAsync(next, cancellationToken);
                break;
        }

        await provenDomains.SaveAsync(new ProvenDomain(_id, proven.Name), snippet.TenantId, DomainProofRules.NextCheck(judged, now, Random.Shared.NextDouble()), cancellationToken);
    }

    /// <summary>With its wildcard.</summary>
    private Task StopAsync(StoredSnippet snippet, StoredDomain stopped, CancellationToken cancellationToken)
    {
        var stopping = WithWildcard(snippet, stopped.Name);
        var next = snippet with { Domains = [.. snippet.Domains.Select(known => stopping.Contains(known) ? DomainProofRules.Pending(known) : known)] };
        return audit.RecordThenAsync(snippet.TenantId, [.. stopping.Select(domain => ProofEntry(actor: null, AuditActions.SnippetDomainStopped, snippet, domain.Name))], async () =>
        {
            await TakeBackAsync(next, cancellationToken);
            await NotifyAsync(NotificationTemplates.DomainStopped, snippet, stopped, cancellationToken);
        });
    }

    private AuditEntry ProofEntry(Actor? actor, string action, StoredSnippet snippet, string domain)
    {
        var change = AuditChanges.Text("/domain", null, domain);
        return actor is not null
            ? By(actor, action, snippet, change)
            : AuditEntry.BySystem(action, PartyOf(snippet)) with { Changes = AuditChanges.Of(change) };
    }

    private async Task NotifyAsync(string template, StoredSnippet snippet, StoredDomain domain, CancellationToken cancellationToken)
    {
        if (await GrainFactory.TenantInternal(snippet.TenantId).FindAsync(cancellationToken) is not { } tenant) return;
        (string, string)[] data =
        [
            ("tenant", tenant.Slug), ("snippet", snippet.Name), ("domain", domain.Name),
            ("txtName", DomainChallenges.TxtName(domain.Name)), ("txtValue", DomainChallenges.TxtValue(domain.Challenge)),
            ("fileUrl", DomainChallenges.FileUrl(domain.Name)), ("fileContent", domain.Challenge),
        ];
        if (DomainProofRules.StopsAt(domain) is { } stops) data = [.. data, ("stops", stops.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture))];
        var contacts = await managers.ListAsync(snippet.TenantId, MaxNotices, except: null, cancellationToken);
        await notifier.EnqueueAsync([.. contacts.Select(manager => notifier.Compose(NotificationChannel.Email, manager.User, manager.Email, template, data))], cancellationToken);
    }
}
