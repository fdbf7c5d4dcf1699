using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Audit;

namespace Platform.Snippets;

/// <summary>Domains on which a snippet may work: added as pending, verified by a proof, removed.</summary>
internal sealed class SnippetDomainList(SnippetDomains domains, DomainProofs proofs, SnippetProofs settling, ProvenDomainTable proven, AuditLog audit, TimeProvider time)
{
    private const int MaxDomains = 50;
    private const int ChallengeSize = 24;

    public async Task<Outcome<SnippetView>> AddAsync(CommittedSnippet account, Actor actor, string domain, CancellationToken cancellationToken)
    {
        var refusal = SnippetRules.Refuse(account.Stored, actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        if (!domains.TryRead(domain, out var name, out var fault)) return Invalid(fault);
        var snippet = account.Stored!;
        if (SnippetRules.Find(snippet, name) is not null) return SnippetRules.ViewOf(account.Id, snippet);
        var verified = domains.IsLocal(name);
        if (DomainNames.IsWildcard(name))
        {
            var above = DomainNames.WithoutWildcard(name);
            if (SnippetRules.Find(snippet, above) is not { VerifiedAt: not null }) return Invalid(ProvenAbove(name));
            verified = true;
        }

        if (snippet.Domains.Length >= MaxDomains) return Refusal.TooManyDomains;
        var now = time.GetUtcNow();
        var added = new StoredDomain
        {
            Name = name,
            Challenge = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(ChallengeSize)),
            AddedAt = now,
            VerifiedAt = verified ? now : null,
        };
        var next = snippet with { Domains = snippet.Domains.Add(added) };

        // As pending, which gives nothing: the tenant says whether there may be one more.
        var pending = snippet with { Domains = snippet.Domains.Add(added with { VerifiedAt = null }) };
        var admitted = await account.PublishAsync(pending, cancellationToken);
        if (!admitted.Succeeded) return admitted;
        ImmutableArray<AuditEntry> entries = [SnippetAuditEntries.DomainAdded(actor, account.Id, snippet, name)];
        if (verified) entries = entries.Add(Verified(account.Id, actor, snippet, name));
        await audit.RecordThenAsync(snippet.TenantId, entries, async () =>
        {
            await account.CommitAsync(next, cancellationToken);
            if (verified) await account.PublishAsync(next, cancellationToken);
        });
        return SnippetRules.ViewOf(account.Id, next);
    }

    public async Task<Outcome> RemoveAsync(CommittedSnippet account, Actor actor, string domain, CancellationToken cancellationToken)
    {
        var refusal = SnippetRules.Refuse(account.Stored, actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = account.Stored!;
        if (!domains.TryRead(domain, out var name, out _) || SnippetRules.Find(snippet, name) is null) return Refusal.NotFound;

        var removed = SnippetRules.WithWildcard(snippet, name);
        var next = snippet with { Domains = snippet.Domains.RemoveRange(removed) };
        await audit.RecordThenAsync(
            snippet.TenantId,
            [.. removed.Select(gone => SnippetAuditEntries.DomainRemoved(actor, account.Id, snippet, gone.Name))],
            async () =>
            {
                await account.TakeBackAsync(next, cancellationToken);
                await proven.RemoveAsync(account.Id, [.. removed.Select(gone => gone.Name)], cancellationToken);
            });
        return Outcome.Done;
    }

    public async Task<Outcome<SnippetView>> VerifyAsync(CommittedSnippet account, Actor actor, string domain, CancellationToken cancellationToken)
    {
        var refusal = SnippetRules.Refuse(account.Stored, actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = account.Stored!;
        if (!domains.TryRead(domain, out var name, out _) || SnippetRules.Find(snippet, name) is not { } pending) return Refusal.NotFound;
        if (pending is { VerifiedAt: not null, ProofLostAt: null }) return SnippetRules.ViewOf(account.Id, snippet);
        if (DomainNames.IsWildcard(name)) return Invalid(ProvenAbove(name));
        if (account.Attempts.Take() is { } wait) return new Outcome { Refusal = Refusal.TooManyAttempts, RetryAfter = wait };
        var found = await proofs.FindAsync(DomainChallenges.PlaceOf(name), pending.Challenge, cancellationToken);
        if (found.Finding != ProofFinding.Found)
        {
            return new Outcome { Refusal = Refusal.DomainNotProven, Errors = [.. found.Seen.Select(seen => new InputError("", seen.Code, seen.Detail))] };
        }

        if (pending.VerifiedAt is null) await ProveAsync(account, actor, snippet, pending, cancellationToken);
        else await settling.SettleAsync(account, actor, snippet, pending, found.Finding, cancellationToken);
        return SnippetRules.ViewOf(account.Id, account.Stored!);
    }

    /// <summary>With its wildcard. Other tenants who have proven the same domain keep it if their proof is there now; the worker checks this within a minute.</summary>
    private async Task ProveAsync(CommittedSnippet account, Actor actor, StoredSnippet snippet, StoredDomain pending, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var verified = SnippetRules.WithWildcard(snippet, pending.Name);
        var next = snippet with { Domains = [.. snippet.Domains.Select(known => verified.Contains(known) ? known with { VerifiedAt = now } : known)] };
        var check = DomainProofRules.NextCheck(pending, now, Random.Shared.NextDouble());
        await audit.RecordThenAsync(snippet.TenantId, [.. verified.Select(domain => Verified(account.Id, actor, snippet, domain.Name))], async () =>
        {
            await proven.SaveAsync(new ProvenDomain(account.Id, pending.Name), snippet.TenantId, check, now, cancellationToken);
            await account.CommitAsync(next, cancellationToken);
            await account.PublishAsync(next, cancellationToken);
            await proven.CheckElsewhereAsync(snippet.TenantId, pending.Name, now, cancellationToken);
        });
    }

    private static AuditEntry Verified(SnippetId id, Actor actor, StoredSnippet snippet, string name) =>
        SnippetAuditEntries.Proof(actor, AuditActions.SnippetDomainVerified, id, snippet, name);

    private static string ProvenAbove(string wildcard) =>
        $"A wildcard stands for the names below a domain that is proven: add and verify {DomainNames.WithoutWildcard(wildcard)} first.";

    private static Outcome Invalid(string fault) => new() { Refusal = Refusal.InvalidDomain, Errors = [new InputError("", "invalid_domain", fault)] };
}
