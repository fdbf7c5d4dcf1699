using Platform.Audit;

namespace Platform.Snippets;

/// <summary>A version is a script that was published: the same bytes for ever. The state says which one pages get.</summary>
internal sealed class SnippetVersions(AuditLog audit, IGrainFactory grains)
{
    public async Task<Outcome<SnippetView>> PublishAsync(CommittedSnippet account, Actor actor, CancellationToken cancellationToken)
    {
        var refusal = SnippetRules.Refuse(account.Stored, actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = account.Stored!;
        var published = SnippetRules.PublishedOf(snippet)!;
        if (SnippetScript.HashOf(SnippetScript.Compose(account.Id, published.Number, snippet.Settings)) == published.Script) return SnippetRules.ViewOf(account.Id, snippet);
        var next = await account.WithNextVersionAsync(snippet, cancellationToken);
        return await SaveAsync(account, actor, AuditActions.SnippetPublished, snippet, next, cancellationToken);
    }

    public async Task<Outcome<SnippetView>> RollBackAsync(CommittedSnippet account, Actor actor, int? version, CancellationToken cancellationToken)
    {
        var refusal = SnippetRules.Refuse(account.Stored, actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = account.Stored!;
        var target = version is { } named
            ? snippet.Versions.FirstOrDefault(known => known.Number == named)
            : snippet.Versions.LastOrDefault(known => known.Number < snippet.Published);
        if (target is null) return Refusal.NoSuchVersion;
        if (target.Number == snippet.Published) return SnippetRules.ViewOf(account.Id, snippet);
        return await SaveAsync(account, actor, AuditActions.SnippetRolledBack, snippet, snippet with { Published = target.Number }, cancellationToken);
    }

    private Task<SnippetView> SaveAsync(CommittedSnippet account, Actor actor, string action, StoredSnippet before, StoredSnippet next, CancellationToken cancellationToken)
    {
        var (kept, dropped) = SnippetRules.Prune(next);
        return audit.RecordThenAsync(before.TenantId, SnippetAuditEntries.Published(actor, action, account.Id, before, kept), async () =>
        {
            await account.CommitAsync(kept, cancellationToken);
            await account.PublishAsync(kept, cancellationToken);
            foreach (var version in dropped) await grains.SnippetScript(account.Id, version.Script).DropAsync(cancellationToken);
            return SnippetRules.ViewOf(account.Id, kept);
        });
    }
}
