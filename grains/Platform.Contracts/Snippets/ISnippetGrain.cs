using Orleans.Concurrency;

namespace Platform.Snippets;

[GenerateSerializer, Immutable, Alias("platform.SnippetView")]
public sealed record SnippetView
{
    [Id(0)] public required SnippetId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required string Name { get; init; }
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Key: <see cref="SnippetId"/>. Owns one snippet (row SEGREGATION). Each tenant gets its primary one at creation.</summary>
[Alias("platform.ISnippetGrain")]
public interface ISnippetGrain : IGrainWithStringKey
{
    [Alias("Create")]
    Task<SnippetView> CreateAsync(TenantId tenant, string name, CancellationToken cancellationToken);

    /// <summary>Null when there is none of that id in that tenant.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<SnippetView?> GetAsync(TenantId tenant, CancellationToken cancellationToken);
}
