using Platform.Internal;
using Platform.State;

namespace Platform.Snippets;

/// <summary>The snippet of one activation: what storage is known to hold of it, and the ways in which that changes. What the grain's parts are given to work on.</summary>
/// <remarks>
/// The tenant's grain publishes to every process what validations need of it, and learns of each change: before it is written if the change takes something away,
/// after it if the change gives something. So no process accepts anything that is not on disk, and after a failure in between the next activation reports the stored state.
/// </remarks>
internal sealed class CommittedSnippet(SnippetId id, Committed<StoredSnippet> state, IGrainFactory grains, TimeProvider time)
{
    public SnippetId Id => id;

    /// <summary>Null when there is none.</summary>
    public StoredSnippet? Stored => state.Value;

    /// <summary>Recent checks for proofs by users.</summary>
    public ProofAttempts Attempts { get; } = new(time);

    public Task CommitAsync(StoredSnippet next, CancellationToken cancellationToken) => state.CommitAsync(next, cancellationToken);

    public Task<Outcome> PublishAsync(StoredSnippet snippet, CancellationToken cancellationToken) =>
        grains.TenantSnippets(snippet.TenantId).SetAsync(SnippetRules.PublicationOf(id, snippet), cancellationToken);

    /// <summary>Published before it is written: a failure in between takes away until the next activation what is still on disk, and never the other way round.</summary>
    public async Task TakeBackAsync(StoredSnippet next, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(next, cancellationToken);
            await state.CommitAsync(next, cancellationToken);
        }
        catch
        {
            // The next activation reports the stored state.
            state.Deactivate();
            throw;
        }
    }

    /// <summary>The bytes of the new version are kept when this returns; nothing is published yet.</summary>
    public async Task<StoredSnippet> WithNextVersionAsync(StoredSnippet snippet, CancellationToken cancellationToken)
    {
        var number = (snippet.Versions.LastOrDefault()?.Number ?? 0) + 1;
        var bytes = SnippetScript.Compose(id, number, snippet.Settings);
        var version = new SnippetVersion(number, SnippetScript.HashOf(bytes), time.GetUtcNow(), snippet.Settings);
        await grains.SnippetScript(id, version.Script).KeepAsync(bytes, cancellationToken);
        return snippet with { Versions = snippet.Versions.Add(version), Published = number };
    }
}
