using Platform.Tenants;

namespace Platform.Internal;

/// <summary>A tenant whose slug was claimed and whose first user and snippet were made.</summary>
[GenerateSerializer, Immutable, Alias("platform.TenantOpening")]
internal sealed record CreateTenantRequest
{
    [Id(0)] public required string Slug { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public required TenantEdition Edition { get; init; }
    [Id(3)] public required UserId Owner { get; init; }
    [Id(4)] public required Snippets.SnippetPublication PrimarySnippet { get; init; }

    /// <summary>Who makes it; null: the platform.</summary>
    [Id(30)] public Actor? Actor { get; init; }
    [Id(5)] public TenantFeatures Features { get; init; } = new();
}
