using System.Globalization;
using Platform.Audit;

namespace Platform.Snippets;

/// <summary>Entries for the access log about a snippet, written before the change.</summary>
internal static class SnippetAuditEntries
{
    public static AuditEntry Created(Actor actor, SnippetId id, StoredSnippet snippet) =>
        By(actor, AuditActions.SnippetCreated, id, snippet, AuditChanges.Text("/name", null, snippet.Name));

    public static AuditEntry Changed(Actor actor, SnippetId id, StoredSnippet before, StoredSnippet next) => By(
        actor,
        AuditActions.SnippetUpdated,
        id,
        before,
        AuditChanges.Text("/name", before.Name, next.Name),
        AuditChanges.Duration("/settings/warnBefore", before.Settings.WarnBefore, next.Settings.WarnBefore),
        AuditChanges.Duration("/settings/touchEvery", before.Settings.TouchEvery, next.Settings.TouchEvery));

    public static AuditEntry Deleted(Actor actor, SnippetId id, StoredSnippet snippet) => By(actor, AuditActions.SnippetDeleted, id, snippet);

    public static AuditEntry DomainAdded(Actor actor, SnippetId id, StoredSnippet snippet, string domain) =>
        By(actor, AuditActions.SnippetDomainAdded, id, snippet, AuditChanges.Text("/domain", null, domain));

    public static AuditEntry DomainRemoved(Actor actor, SnippetId id, StoredSnippet snippet, string domain) =>
        By(actor, AuditActions.SnippetDomainRemoved, id, snippet, AuditChanges.Text("/domain", domain, null));

    /// <param name="actor">Who asked for the check; null for the daily one.</param>
    /// <param name="action">What it found.</param>
    /// <param name="id">The snippet's.</param>
    /// <param name="snippet">As it is.</param>
    /// <param name="domain">The domain whose proof was checked.</param>
    public static AuditEntry Proof(Actor? actor, string action, SnippetId id, StoredSnippet snippet, string domain)
    {
        var change = AuditChanges.Text("/domain", null, domain);
        return actor is not null
            ? By(actor, action, id, snippet, change)
            : AuditEntry.BySystem(action, PartyOf(id, snippet)) with { Changes = AuditChanges.Of(change) };
    }

    public static AuditEntry Published(Actor actor, string action, SnippetId id, StoredSnippet before, StoredSnippet next) => By(
        actor,
        action,
        id,
        before,
        AuditChanges.Text("/version", Print(before.Published), Print(next.Published)),
        AuditChanges.Text("/script", SnippetRules.PublishedOf(before)?.Script, SnippetRules.PublishedOf(next)!.Script));

    private static AuditEntry By(Actor actor, string action, SnippetId id, StoredSnippet snippet, params ReadOnlySpan<AuditChange?> changes) =>
        AuditEntry.By(actor, action, PartyOf(id, snippet), changes);

    private static AuditParty PartyOf(SnippetId id, StoredSnippet snippet) => new(AuditParties.Snippet, id.ToString(), snippet.Name);

    private static string Print(int version) => version.ToString(CultureInfo.InvariantCulture);
}
