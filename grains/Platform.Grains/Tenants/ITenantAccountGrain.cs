using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Sessions;

namespace Platform.Tenants;

/// <summary>What sign-in needs of a tenant.</summary>
[GenerateSerializer, Immutable, Alias("platform.SignInRules")]
public sealed record SignInRules([property: Id(0)] TenantStatus Status, [property: Id(1)] SessionPolicy SessionPolicy);

[GenerateSerializer, Immutable, Alias("platform.TenantOpening")]
public sealed record TenantOpening
{
    [Id(0)] public required string Slug { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public required TenantEdition Edition { get; init; }
    [Id(3)] public required UserId Owner { get; init; }
    [Id(4)] public required SnippetId PrimarySnippet { get; init; }
}

/// <summary>The tenant's grain as other grains see it; hosts see <see cref="ITenantGrain"/>.</summary>
[Alias("platform.ITenantAccountGrain")]
public interface ITenantAccountGrain : IGrainWithStringKey
{
    [Alias("Create")]
    Task<TenantView> CreateAsync(TenantOpening opening, CancellationToken cancellationToken);

    [Alias("Exists"), AlwaysInterleave]
    Task<bool> ExistsAsync(CancellationToken cancellationToken);

    [Alias("Find"), AlwaysInterleave]
    Task<TenantView?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such tenant.</summary>
    [Alias("FindSignInRules"), AlwaysInterleave]
    Task<SignInRules?> FindSignInRulesAsync(CancellationToken cancellationToken);

    [Alias("ListManagers"), AlwaysInterleave]
    Task<ImmutableArray<UserId>> ListManagersAsync(CancellationToken cancellationToken);

    /// <summary>An active user can manage users from now on. Repeating it changes nothing.</summary>
    [Alias("AddManager")]
    Task AddManagerAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>False, and nothing changed, when it is the last one. Asked before the user is changed, so that two at once cannot both go.</summary>
    [Alias("ReleaseManager")]
    Task<bool> ReleaseManagerAsync(UserId user, CancellationToken cancellationToken);
}
