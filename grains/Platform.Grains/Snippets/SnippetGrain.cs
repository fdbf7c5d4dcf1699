using Microsoft.Extensions.Logging;
using Platform.State;

namespace Platform.Snippets;

[GenerateSerializer, Immutable, Alias("platform.StoredSnippet")]
public sealed record StoredSnippet
{
    [Id(0)] public TenantId TenantId { get; init; }
    [Id(1)] public string Name { get; init; } = "";
    [Id(2)] public DateTimeOffset CreatedAt { get; init; }
}

public sealed class SnippetGrain : Grain, ISnippetGrain
{
    private readonly Committed<StoredSnippet> _state;
    private readonly TimeProvider _time;

    public SnippetGrain(
        [PersistentState(StateNames.Snippet, StateNames.Storage)] IPersistentState<StoredSnippet> storage,
        TimeProvider time,
        ILogger<SnippetGrain> logger) =>
        (_state, _time) = (new Committed<StoredSnippet>(storage, this, logger), time);

    public async Task<SnippetView> CreateAsync(TenantId tenant, string name, CancellationToken cancellationToken)
    {
        if (_state.Value is not null) throw new InvalidOperationException("A snippet id is never used twice.");
        await _state.CommitAsync(new StoredSnippet { TenantId = tenant, Name = name, CreatedAt = _time.GetUtcNow() }, cancellationToken);
        return ViewOf(_state.Value!);
    }

    public Task<SnippetView?> GetAsync(TenantId tenant, CancellationToken cancellationToken) =>
        Task.FromResult(_state.Value is { } snippet && snippet.TenantId == tenant ? ViewOf(snippet) : null);

    private SnippetView ViewOf(StoredSnippet snippet) => new()
    {
        Id = PrefixedId.Parse<SnippetId>(this.GetPrimaryKeyString()),
        TenantId = snippet.TenantId,
        Name = snippet.Name,
        CreatedAt = snippet.CreatedAt,
    };
}
