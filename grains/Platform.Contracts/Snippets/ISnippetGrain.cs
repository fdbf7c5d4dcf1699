using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Platform.Snippets;

/// <summary>Key: <see cref="SnippetId"/>. Owns one snippet of a tenant: name, domains with their proof, settings, published scripts (row SEGREGATION).</summary>
/// <remarks>
/// Methods that take an <see cref="Actor"/> answer <see cref="Refusal.NotFound"/> to actors of another tenant, as for an absent one. What they publish or take back
/// holds in every process when they return.
/// </remarks>
[Alias("platform.ISnippetGrain")]
public interface ISnippetGrain : IGrainWithStringKey
{
    /// <summary><see cref="Permissions.Edit"/>. Its first script is published. Made already by the same call: as it stands. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.TooManySnippets"/>.</summary>
    [Alias("Create")]
    Task<Outcome<SnippetView>> CreateAsync(Actor actor, string name, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Read"/>.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<SnippetView>> GetAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>.</summary>
    [Alias("Change")]
    Task<Outcome<SnippetView>> ChangeAsync(Actor actor, SnippetChange change, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Its sessions are refused from then on. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.PrimarySnippet"/>.</summary>
    [Alias("Delete")]
    Task<Outcome> DeleteAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.Edit"/>. Pending until proven; one that is there already stays as it is. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidDomain"/>,
    /// <see cref="Refusal.MultiDomainRequired"/>, <see cref="Refusal.TooManyDomains"/>.
    /// </summary>
    /// <param name="actor">Who adds it.</param>
    /// <param name="domain">As people write it; international names in any form.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("AddDomain")]
    Task<Outcome<SnippetView>> AddDomainAsync(Actor actor, string domain, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Sessions opened from there are refused from then on. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>.</summary>
    [Alias("RemoveDomain")]
    Task<Outcome> RemoveDomainAsync(Actor actor, string domain, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.Edit"/>. Looks for the proof now. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NotFound"/>, <see cref="Refusal.DomainNotProven"/> with what
    /// was found in place of it, <see cref="Refusal.TooManyAttempts"/>.
    /// </summary>
    [Alias("VerifyDomain"), ResponseTimeout(ProofWait)]
    Task<Outcome<SnippetView>> VerifyDomainAsync(Actor actor, string domain, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. A new version with the settings as they are now; where nothing has changed, none is made. Refusals: <see cref="Refusal.Forbidden"/>.</summary>
    [Alias("Publish")]
    Task<Outcome<SnippetView>> PublishAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Publishes an earlier version's bytes again. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.NoSuchVersion"/>.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="version">Null: the one before the published one.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("RollBack")]
    Task<Outcome<SnippetView>> RollBackAsync(Actor actor, int? version, CancellationToken cancellationToken);

    /// <summary>For hosts that do not hold the tenant in memory. Null when there is none.</summary>
    [Alias("Find"), AlwaysInterleave, ResponseTimeout(ResponseTimeouts.Validation)]
    Task<SnippetLookup?> FindAsync(CancellationToken cancellationToken);

    /// <summary>The bytes of a script that was published and is kept; null for every other hash, which costs no read.</summary>
    [Alias("FindScript"), AlwaysInterleave]
    Task<ImmutableArray<byte>?> FindScriptAsync(string script, CancellationToken cancellationToken);

    /// <summary>A name server and a web server may both be slow before a proof is known to be missing.</summary>
    internal const string ProofWait = "00:00:25";
}
