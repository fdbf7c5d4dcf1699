using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Platform.Snippets;

/// <summary>Key: <see cref="SnippetId"/>. Owns one snippet of a tenant: name, domains with their proof, settings, published scripts (row SEGREGATION).</summary>
/// <remarks>
/// Methods that take an <see cref="Actor"/> answer <see cref="Refusal.NotFound"/> to actors of another tenant, as for an absent one. Their changes hold
/// in every process when they return.
/// </remarks>
[Alias("platform.ISnippetGrain")]
public interface ISnippetGrain : IGrainWithStringKey
{
    /// <summary><see cref="Permissions.Edit"/>. Creates the snippet and publishes its first script. A repeated call returns the existing snippet. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.TooManySnippets"/>.</summary>
    [Alias("Create")]
    Task<Outcome<SnippetView>> CreateAsync(Actor actor, string name, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Read"/>.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<SnippetView>> GetAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>.</summary>
    [Alias("Change")]
    Task<Outcome<SnippetView>> ChangeAsync(Actor actor, SnippetChange change, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Deletes the snippet; its sessions are refused from then on. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.PrimarySnippet"/>.</summary>
    [Alias("Delete")]
    Task<Outcome> DeleteAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.Edit"/>. Adds a domain, which is pending until it is proven. A domain that is there already does not change. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidDomain"/>,
    /// <see cref="Refusal.MultiDomainRequired"/>, <see cref="Refusal.TooManyDomains"/>.
    /// </summary>
    /// <param name="actor">Who adds it.</param>
    /// <param name="domain">The domain as people write it; international names in any form.</param>
    [Alias("AddDomain")]
    Task<Outcome<SnippetView>> AddDomainAsync(Actor actor, string domain, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Removes a domain; sessions opened there are refused from then on. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>.</summary>
    [Alias("RemoveDomain")]
    Task<Outcome> RemoveDomainAsync(Actor actor, string domain, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.Edit"/>. Checks for the proof now. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>, <see cref="Refusal.DomainNotProven"/> with what
    /// was found in place of it, <see cref="Refusal.TooManyAttempts"/>.
    /// </summary>
    [Alias("VerifyDomain"), ResponseTimeout(ProofWait)]
    Task<Outcome<SnippetView>> VerifyDomainAsync(Actor actor, string domain, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Publishes a new version with the current settings, unless nothing has changed. Refusals: <see cref="Refusal.Forbidden"/>.</summary>
    [Alias("Publish")]
    Task<Outcome<SnippetView>> PublishAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Publishes an earlier version's bytes again. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NoSuchVersion"/>.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="version">Null: the one before the published one.</param>
    [Alias("RollBack")]
    Task<Outcome<SnippetView>> RollBackAsync(Actor actor, int? version, CancellationToken cancellationToken);

    /// <summary>For hosts that do not hold the tenant in memory. Null when there is none.</summary>
    [Alias("Find"), AlwaysInterleave, ResponseTimeout(ResponseTimeouts.Validation)]
    Task<SnippetLookup?> FindAsync(CancellationToken cancellationToken);

    /// <summary>The bytes of a published script that is still kept. Null for every other hash, without a read.</summary>
    [Alias("FindScript"), AlwaysInterleave]
    Task<ImmutableArray<byte>?> FindScriptAsync(string script, CancellationToken cancellationToken);

    /// <summary>Time for a slow name server and a slow web server, before the proof counts as missing.</summary>
    internal const string ProofWait = "00:00:25";
}
