using System.Collections.Immutable;
using Platform.Audit;
using Platform.Internal;
using Platform.State;

namespace Platform.Snippets;

/// <summary>
/// Owns one snippet: makes, changes and deletes it, and gives the calls about its domains, their proofs and its versions their turns. What a snippet may be stands in
/// <see cref="SnippetRules"/>; the injected parts change it through <see cref="CommittedSnippet"/> only.
/// </summary>
internal sealed class SnippetGrain(
    [CommittedState(StateNames.Snippet)] Committed<StoredSnippet> state,
    LiveTenantLookup tenants,
    ProvenDomainTable provenDomains,
    SnippetDomainList domains,
    SnippetProofs proofs,
    SnippetVersions versions,
    AuditLog audit,
    TimeProvider time) : Grain, ISnippetGrain, ISnippetGrainInternal, ISnippetProofGrain
{
    /// <summary>Since activation.</summary>
    private CommittedSnippet _snippet = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _snippet = new CommittedSnippet(PrefixedId.Parse<SnippetId>(this.GetPrimaryKeyString()), state, GrainFactory, time);
        if (_snippet.Stored is not { } snippet) return;

        // One that was made before scripts were published: only primary ones were.
        if (snippet.Versions.IsEmpty) await _snippet.CommitAsync(await _snippet.WithNextVersionAsync(snippet with { IsPrimary = true }, cancellationToken), cancellationToken);
        await _snippet.PublishAsync(_snippet.Stored!, cancellationToken);
    }

    public async Task<SnippetPublication> CreatePrimaryAsync(TenantId tenant, string name, CancellationToken cancellationToken)
    {
        if (_snippet.Stored is not null) throw new InvalidOperationException("A snippet id is never used twice.");
        var made = new StoredSnippet { TenantId = tenant, Name = name, CreatedAt = time.GetUtcNow(), IsPrimary = true };
        await _snippet.CommitAsync(await _snippet.WithNextVersionAsync(made, cancellationToken), cancellationToken);
        return SnippetRules.PublicationOf(_snippet.Id, _snippet.Stored!);
    }

    public async Task<Outcome<SnippetView>> CreateAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        if (_snippet.Stored is { } known) return known.TenantId == actor.TenantId ? SnippetRules.ViewOf(_snippet.Id, known) : Refusal.NotFound;
        if (!actor.Holds(Permissions.Edit)) return Refusal.Forbidden;
        if (SnippetRules.NameFault(name) is { } fault) return InputErrors.Of(fault);

        // Its place first: a snippet that nobody could list would stay for ever.
        var made = new StoredSnippet { TenantId = actor.TenantId, Name = name, CreatedAt = time.GetUtcNow() };
        var admitted = await _snippet.PublishAsync(made, cancellationToken);
        if (!admitted.Succeeded) return admitted;
        return await audit.RecordThenAsync(made.TenantId, SnippetAuditEntries.Created(actor, _snippet.Id, made), async () =>
        {
            await _snippet.CommitAsync(await _snippet.WithNextVersionAsync(made, cancellationToken), cancellationToken);
            await _snippet.PublishAsync(_snippet.Stored!, cancellationToken);
            return SnippetRules.ViewOf(_snippet.Id, _snippet.Stored!);
        });
    }

    public Task<Outcome<SnippetView>> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = SnippetRules.Refuse(_snippet.Stored, actor, Permissions.Read);
        return Task.FromResult<Outcome<SnippetView>>(refusal == Refusal.None ? SnippetRules.ViewOf(_snippet.Id, _snippet.Stored!) : refusal);
    }

    public async Task<Outcome<SnippetView>> ChangeAsync(Actor actor, SnippetChange change, CancellationToken cancellationToken)
    {
        var refusal = SnippetRules.Refuse(_snippet.Stored, actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = _snippet.Stored!;
        var changed = SnippetRules.Change(snippet, change);
        if (changed.Value is not { } next) return changed.ToRefused();
        if (ReferenceEquals(next, snippet)) return SnippetRules.ViewOf(_snippet.Id, snippet);
        return await audit.RecordThenAsync(snippet.TenantId, SnippetAuditEntries.Changed(actor, _snippet.Id, snippet, next), async () =>
        {
            await _snippet.CommitAsync(next, cancellationToken);
            return SnippetRules.ViewOf(_snippet.Id, next);
        });
    }

    public async Task<Outcome> DeleteAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = SnippetRules.Refuse(_snippet.Stored, actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var (id, snippet) = (_snippet.Id, _snippet.Stored!);
        if (snippet.IsPrimary) return Refusal.PrimarySnippet;
        await audit.RecordThenAsync(snippet.TenantId, [SnippetAuditEntries.Deleted(actor, id, snippet)], async () =>
        {
            await GrainFactory.TenantSnippets(snippet.TenantId).RemoveAsync(id, cancellationToken);
            await RemoveAsync(snippet, cancellationToken);
        });
        DeactivateOnIdle();
        return Outcome.Done;
    }

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        if (_snippet.Stored is { } snippet) await RemoveAsync(snippet, cancellationToken);
        DeactivateOnIdle();
    }

    public async Task<SnippetLookup?> FindAsync(CancellationToken cancellationToken)
    {
        if (_snippet.Stored is not { } snippet)
        {
            // Anybody may ask for anything: nothing stays in memory for it.
            DeactivateOnIdle();
            return null;
        }

        return await tenants.FindAsync(snippet.TenantId, cancellationToken) is { } tenant && tenant.TryGetSnippet(_snippet.Id, out var published)
            ? new SnippetLookup(snippet.TenantId, published.Publication)
            : null;
    }

    public async Task<ImmutableArray<byte>?> FindScriptAsync(string script, CancellationToken cancellationToken)
    {
        if (_snippet.Stored is null) DeactivateOnIdle();
        return _snippet.Stored?.Versions.Any(version => version.Script == script) == true ? await GrainFactory.SnippetScript(_snippet.Id, script).ReadAsync(cancellationToken) : null;
    }

    public Task<string?> FindChallengeAsync(string domain, CancellationToken cancellationToken) => Task.FromResult(proofs.FindChallenge(_snippet, domain));

    public Task<Outcome<SnippetView>> AddDomainAsync(Actor actor, string domain, CancellationToken cancellationToken) =>
        domains.AddAsync(_snippet, actor, domain, cancellationToken);

    public Task<Outcome> RemoveDomainAsync(Actor actor, string domain, CancellationToken cancellationToken) => domains.RemoveAsync(_snippet, actor, domain, cancellationToken);

    public Task<Outcome<SnippetView>> VerifyDomainAsync(Actor actor, string domain, CancellationToken cancellationToken) =>
        domains.VerifyAsync(_snippet, actor, domain, cancellationToken);

    public Task SettleProofAsync(string domain, string challenge, ProofFinding finding, CancellationToken cancellationToken) =>
        proofs.SettleAsync(_snippet, domain, challenge, finding, cancellationToken);

    public Task<Outcome<SnippetView>> PublishAsync(Actor actor, CancellationToken cancellationToken) => versions.PublishAsync(_snippet, actor, cancellationToken);

    public Task<Outcome<SnippetView>> RollBackAsync(Actor actor, int? version, CancellationToken cancellationToken) =>
        versions.RollBackAsync(_snippet, actor, version, cancellationToken);

    private async Task RemoveAsync(StoredSnippet snippet, CancellationToken cancellationToken)
    {
        foreach (var version in snippet.Versions) await GrainFactory.SnippetScript(_snippet.Id, version.Script).DropAsync(cancellationToken);
        await state.ClearAsync(cancellationToken);
        await provenDomains.RemoveAsync(_snippet.Id, [.. snippet.Domains.Select(domain => domain.Name)], cancellationToken);
    }
}
