using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.State;

namespace Platform.Snippets;

/// <summary>Key: <c>sns_&lt;snippet&gt;/&lt;SHA-256&gt;</c>. Keeps the bytes of one published script, so that a version can be served and published again after the platform has a newer one.</summary>
[Alias("platform.ISnippetScriptGrain")]
internal interface ISnippetScriptGrain : IGrainWithStringKey
{
    /// <summary>Durable when this returns. The same bytes again change nothing.</summary>
    [Alias("Keep")]
    Task KeepAsync(ImmutableArray<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Null when they are not kept.</summary>
    [Alias("Read"), AlwaysInterleave]
    Task<ImmutableArray<byte>?> ReadAsync(CancellationToken cancellationToken);

    [Alias("Drop")]
    Task DropAsync(CancellationToken cancellationToken);
}

internal sealed class SnippetScriptGrain(
    [CommittedState(StateNames.SnippetScript)] Committed<StoredSnippetScript> state) : Grain, ISnippetScriptGrain
{
    public async Task KeepAsync(ImmutableArray<byte> bytes, CancellationToken cancellationToken)
    {
        if (state.Value is null) await state.CommitAsync(new StoredSnippetScript { Bytes = bytes }, cancellationToken);
        DeactivateOnIdle();
    }

    public Task<ImmutableArray<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        // Hosts keep what they have read.
        DeactivateOnIdle();
        return Task.FromResult(state.Value?.Bytes);
    }

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        if (state.Value is not null) await state.ClearAsync(cancellationToken);
        DeactivateOnIdle();
    }
}
