using System.Collections.Immutable;
using System.Globalization;
using Platform.Audit;
using Platform.Users;

namespace Platform.Snippets;

/// <summary>A version is a script that was published: the same bytes for ever. The state says which one pages get.</summary>
public sealed partial class SnippetGrain
{
    /// <summary>Pages that name an older one by its hash do not get it any more.</summary>
    private const int KeptVersions = 20;

    public async Task<Outcome<SnippetView>> PublishAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = state.Value!;
        var published = PublishedOf(snippet)!;
        if (SnippetScript.HashOf(SnippetScript.Compose(_id, published.Number, snippet.Settings)) == published.Script) return ViewOf(snippet);
        var next = await WithNextVersionAsync(snippet, cancellationToken);
        return await PublishAsync(actor, AuditActions.SnippetPublished, snippet, next, cancellationToken);
    }

    public async Task<Outcome<SnippetView>> RollBackAsync(Actor actor, int? version, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = state.Value!;
        var target = version is { } named
            ? snippet.Versions.FirstOrDefault(known => known.Number == named)
            : snippet.Versions.LastOrDefault(known => known.Number < snippet.Published);
        if (target is null) return Refusal.NoSuchVersion;
        if (target.Number == snippet.Published) return ViewOf(snippet);
        return await PublishAsync(actor, AuditActions.SnippetRolledBack, snippet, snippet with { Published = target.Number }, cancellationToken);
    }

    public async Task<ImmutableArray<byte>?> FindScriptAsync(string script, CancellationToken cancellationToken)
    {
        if (state.Value is null) DeactivateOnIdle();
        return state.Value?.Versions.Any(version => version.Script == script) == true ? await GrainFactory.SnippetScript(_id, script).ReadAsync(cancellationToken) : null;
    }

    private static SnippetVersion? PublishedOf(StoredSnippet snippet) => snippet.Versions.FirstOrDefault(version => version.Number == snippet.Published);

    private static string Print(int version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>Its bytes are kept when this returns; nothing is published yet.</summary>
    private async Task<StoredSnippet> WithNextVersionAsync(StoredSnippet snippet, CancellationToken cancellationToken)
    {
        var number = (snippet.Versions.LastOrDefault()?.Number ?? 0) + 1;
        var bytes = SnippetScript.Compose(_id, number, snippet.Settings);
        var version = new SnippetVersion(number, SnippetScript.HashOf(bytes), time.GetUtcNow(), snippet.Settings);
        await GrainFactory.SnippetScript(_id, version.Script).KeepAsync(bytes, cancellationToken);
        return snippet with { Versions = snippet.Versions.Add(version), Published = number };
    }

    private Task<SnippetView> PublishAsync(Actor actor, string action, StoredSnippet before, StoredSnippet next, CancellationToken cancellationToken)
    {
        var (kept, dropped) = Prune(next);
        var told = By(
            actor,
            action,
            before,
            AuditChanges.Text("/version", Print(before.Published), Print(kept.Published)),
            AuditChanges.Text("/script", PublishedOf(before)?.Script, PublishedOf(kept)!.Script));
        return audit.RecordThenAsync(before.TenantId, told, async () =>
        {
            await state.CommitAsync(kept, cancellationToken);
            await PublishToTenantAsync(kept, cancellationToken);
            foreach (var version in dropped) await GrainFactory.SnippetScript(_id, version.Script).DropAsync(cancellationToken);
            return ViewOf(kept);
        });
    }

    /// <summary>The published one stays, however old it is.</summary>
    private static (StoredSnippet Kept, ImmutableArray<SnippetVersion> Dropped) Prune(StoredSnippet snippet)
    {
        var surplus = snippet.Versions.Length - KeptVersions;
        if (surplus <= 0) return (snippet, []);
        ImmutableArray<SnippetVersion> dropped = [.. snippet.Versions.Where(version => version.Number != snippet.Published).Take(surplus)];
        return (snippet with { Versions = snippet.Versions.RemoveRange(dropped) }, dropped);
    }
}
