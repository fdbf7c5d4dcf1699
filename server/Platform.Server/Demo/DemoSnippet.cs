using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Server.Demo;

/// <summary>The primary snippet of the demo tenant, which works on the example page.</summary>
internal sealed class DemoSnippet(IGrainFactory grains)
{
    /// <summary>So that somebody who tries the page sees the warning after 45 seconds, and the end after 90.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(90);

    private static readonly PageRequest First = new(1, After: null);

    public SnippetId Id { get; private set; }

    /// <summary>Local sites need no proof in development. Where the tenant may have one domain only, the page's place at an earlier start is taken away.</summary>
    /// <returns>Null where it works there, otherwise why not.</returns>
    public async Task<string?> AllowAsync(string domain, bool shortSessions, CancellationToken cancellationToken)
    {
        if (await grains.TenantName(DemoTenant.Slug).ResolveAsync(cancellationToken) is not { } tenant) return "there is no demo tenant.";
        var actor = DemoTenant.Host with { TenantId = tenant, Permissions = Permissions.Owner };
        if (await grains.Listing().ListSnippetsAsync(actor, tenant, First, cancellationToken) is not { Value.Items: [var primary, ..] }) return "the demo tenant has no snippet.";
        Id = primary.Id;
        var added = await grains.Snippet(Id).AddDomainAsync(actor, domain, cancellationToken);
        if (added.Refusal == Refusal.MultiDomainRequired)
        {
            await RemoveEarlierAsync(actor, primary, cancellationToken);
            added = await grains.Snippet(Id).AddDomainAsync(actor, domain, cancellationToken);
        }

        if (added.Value?.Domains.Any(known => known.Name == domain && known.Verified) != true) return $"the demo tenant's snippet does not work on {domain} ({added.Refusal}).";

        // Refused where this platform wants longer ones; the page works with any.
        if (shortSessions) await grains.Tenant(tenant).ChangeAsync(actor, new TenantChange { SessionPolicy = new SessionPolicyChange { IdleTimeout = IdleTimeout } }, cancellationToken);
        return null;
    }

    private async Task RemoveEarlierAsync(Actor actor, SnippetView primary, CancellationToken cancellationToken)
    {
        foreach (var earlier in primary.Domains.Where(known => known.Name.StartsWith(DemoSite.Host + ":", StringComparison.Ordinal)))
        {
            await grains.Snippet(Id).RemoveDomainAsync(actor, earlier.Name, cancellationToken);
        }
    }
}
