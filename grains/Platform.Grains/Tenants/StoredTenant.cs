using System.Collections.Immutable;
using Platform.Users;

namespace Platform.Tenants;

[GenerateSerializer, Immutable, Alias("platform.StoredTenant")]
public sealed record StoredTenant
{
    [Id(0)] public string Slug { get; init; } = "";
    [Id(1)] public string Name { get; init; } = "";
    [Id(2)] public TenantEdition Edition { get; init; }
    [Id(3)] public TenantFeatures Features { get; init; } = new();
    [Id(4)] public TenantStatus Status { get; init; }

    /// <summary>Null: the platform's default applies.</summary>
    [Id(5)] public TimeSpan? IdleTimeout { get; init; }
    [Id(6)] public TimeSpan? AbsoluteTimeout { get; init; }
    [Id(7)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Active users who can manage users; never empty. Decides who is the last one.</summary>
    [Id(8)] public ImmutableArray<UserId> Managers { get; init; } = [];
    [Id(9)] public SnippetId PrimarySnippet { get; init; }

    /// <inheritdoc cref="StoredUser.Version"/>
    [Id(10)] public int Version { get; init; }

    /// <inheritdoc cref="StoredUser.ListedVersion"/>
    [Id(11)] public int ListedVersion { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.StoredTenantName")]
public sealed record StoredTenantName
{
    [Id(0)] public TenantId TenantId { get; init; }
    [Id(1)] public DateTimeOffset ClaimedAt { get; init; }
}
