using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Audit;
using Platform.Users;

namespace Platform.Snippets;

/// <summary>Domains on which the snippet may work, and their proof.</summary>
public sealed partial class SnippetGrain
{
    private const int MaxDomains = 50;
    private const int ChallengeSize = 24;
    private const int MaxAttempts = 10;
    private static readonly TimeSpan AttemptsWithin = TimeSpan.FromMinutes(10);

    private readonly Queue<DateTimeOffset> _attempts = new();

    public async Task<Outcome<SnippetView>> AddDomainAsync(Actor actor, string domain, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        if (!domains.TryRead(domain, out var name, out var fault)) return Invalid(fault);
        var snippet = state.Value!;
        if (Find(snippet, name) is not null) return ViewOf(snippet);
        var proven = domains.IsLocal(name);
        if (DomainNames.IsWildcard(name))
        {
            var above = DomainNames.WithoutWildcard(name);
            if (Find(snippet, above) is not { VerifiedAt: not null }) return Invalid(ProvenAbove(name));
            proven = true;
        }

        if (snippet.Domains.Length >= MaxDomains) return Refusal.TooManyDomains;
        var now = time.GetUtcNow();
        var added = new StoredDomain
        {
            Name = name,
            Challenge = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(ChallengeSize)),
            AddedAt = now,
            VerifiedAt = proven ? now : null,
        };
        var next = snippet with { Domains = snippet.Domains.Add(added) };

        // As pending, which gives nothing: the tenant says whether there may be one more.
        var pending = snippet with { Domains = snippet.Domains.Add(added with { VerifiedAt = null }) };
        var admitted = await PublishToTenantAsync(pending, cancellationToken);
        if (!admitted.Succeeded) return admitted;
        ImmutableArray<AuditEntry> told = [By(actor, AuditActions.SnippetDomainAdded, snippet, AuditChanges.Text("/domain", null, name))];
        if (proven) told = told.Add(Verified(actor, snippet, name));
        await audit.RecordThenAsync(snippet.TenantId, told, async () =>
        {
            await state.CommitAsync(next, cancellationToken);
            if (proven) await PublishToTenantAsync(next, cancellationToken);
        });
        return ViewOf(next);
    }

    public async Task<Outcome> RemoveDomainAsync(Actor actor, string domain, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = state.Value!;
        if (!domains.TryRead(domain, out var name, out _) || Find(snippet, name) is null) return Refusal.NotFound;

        var removed = WithWildcard(snippet, name);
        var next = snippet with { Domains = snippet.Domains.RemoveRange(removed) };
        await audit.RecordThenAsync(
            snippet.TenantId,
            [.. removed.Select(gone => By(actor, AuditActions.SnippetDomainRemoved, snippet, AuditChanges.Text("/domain", gone.Name, null)))],
            async () =>
            {
                await TakeBackAsync(next, cancellationToken);
                await provenDomains.RemoveAsync(_id, [.. removed.Select(gone => gone.Name)], cancellationToken);
            });
        return Outcome.Done;
    }

    public async Task<Outcome<SnippetView>> VerifyDomainAsync(Actor actor, string domain, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = state.Value!;
        if (!domains.TryRead(domain, out var name, out _) || Find(snippet, name) is not { } pending) return Refusal.NotFound;
        if (pending is { VerifiedAt: not null, ProofLostAt: null }) return ViewOf(snippet);
        if (DomainNames.IsWildcard(name)) return Invalid(ProvenAbove(name));
        if (TakeAttempt() is { } wait) return new Outcome { Refusal = Refusal.TooManyAttempts, RetryAfter = wait };
        var found = await proofs.FindAsync(DomainChallenges.PlaceOf(name), pending.Challenge, cancellationToken);
        if (found.Finding != ProofFinding.Found) return new Outcome { Refusal = Refusal.DomainNotProven, Errors = [.. found.Seen.Select(seen => new InputError("", seen.Code, seen.Detail))] };
        if (pending.VerifiedAt is null) await ProveAsync(actor, snippet, pending, cancellationToken);
        else await SettleAsync(actor, snippet, pending, found.Finding, cancellationToken);
        return ViewOf(state.Value!);
    }

    /// <summary>With its wildcard. Other tenants who have proven the same domain keep it if their proof is there now, which is looked for within a minute.</summary>
    private async Task ProveAsync(Actor actor, StoredSnippet snippet, StoredDomain pending, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var proven = WithWildcard(snippet, pending.Name);
        var next = snippet with { Domains = [.. snippet.Domains.Select(known => proven.Contains(known) ? known with { VerifiedAt = now } : known)] };
        var check = DomainProofRules.NextCheck(pending, now, Random.Shared.NextDouble());
        await audit.RecordThenAsync(snippet.TenantId, [.. proven.Select(domain => Verified(actor, snippet, domain.Name))], async () =>
        {
            await provenDomains.SaveAsync(new ProvenDomain(_id, pending.Name), snippet.TenantId, check, cancellationToken);
            await state.CommitAsync(next, cancellationToken);
            await PublishToTenantAsync(next, cancellationToken);
            await provenDomains.CheckElsewhereAsync(snippet.TenantId, pending.Name, now, cancellationToken);
        });
    }

    /// <summary>Published before it is written: a failure in between takes away until the next activation what is still on disk, and never the other way round.</summary>
    private async Task TakeBackAsync(StoredSnippet next, CancellationToken cancellationToken)
    {
        try
        {
            await PublishToTenantAsync(next, cancellationToken);
            await state.CommitAsync(next, cancellationToken);
        }
        catch
        {
            // The next activation tells what is on disk.
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>Null when one more may be made; otherwise how long to wait. Each asks name servers and a web server of others. Counted in memory: an activation that ends forgives.</summary>
    private TimeSpan? TakeAttempt()
    {
        var now = time.GetUtcNow();
        while (_attempts.TryPeek(out var first) && (now - first >= AttemptsWithin || first > now)) _attempts.Dequeue();
        if (_attempts.Count >= MaxAttempts) return _attempts.Peek() + AttemptsWithin - now;
        _attempts.Enqueue(now);
        return null;
    }

    /// <summary>The domain and its wildcard, which is proven by it.</summary>
    private static ImmutableArray<StoredDomain> WithWildcard(StoredSnippet snippet, string name) =>
        [.. snippet.Domains.Where(known => known.Name == name || known.Name == DomainNames.WildcardBelow(name))];

    private static StoredDomain? Find(StoredSnippet snippet, string name) => snippet.Domains.FirstOrDefault(known => known.Name == name);

    private static string ProvenAbove(string wildcard) =>
        $"A wildcard stands for the names below a domain that is proven: add and verify {DomainNames.WithoutWildcard(wildcard)} first.";

    private static Outcome Invalid(string fault) => new() { Refusal = Refusal.InvalidDomain, Errors = [new InputError("", "invalid_domain", fault)] };

    private AuditEntry Verified(Actor actor, StoredSnippet snippet, string name) =>
        By(actor, AuditActions.SnippetDomainVerified, snippet, AuditChanges.Text("/domain", null, name));
}
