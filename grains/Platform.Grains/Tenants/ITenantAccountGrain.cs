using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>What sign-in needs of a tenant.</summary>
/// <param name="Status">Nobody signs in to a suspended one.</param>
/// <param name="SessionPolicy">For the session that opens.</param>
/// <param name="TwoFactor">The feature is on.</param>
/// <param name="RequireSecondFactor">Nobody signs in with a password alone.</param>
/// <param name="Epoch">Read before the password is checked, so that a session opens dead when all sessions were ended meanwhile.</param>
[GenerateSerializer, Immutable, Alias("platform.SignInRules")]
public sealed record SignInRules(
    [property: Id(0)] TenantStatus Status,
    [property: Id(1)] SessionPolicy SessionPolicy,
    [property: Id(2)] bool TwoFactor,
    [property: Id(3)] bool RequireSecondFactor,
    [property: Id(20)] int Epoch);

/// <summary>What of a user decides whether it can manage users: only active ones do.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserStanding")]
public sealed record ManagerEligibility([property: Id(0)] UserStatus Status, [property: Id(1)] Permissions Permissions, [property: Id(2)] string? Role);

[GenerateSerializer, Immutable, Alias("platform.TenantOpening")]
public sealed record CreateTenantRequest
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

/// <summary>The tenant's grain as other grains see it; hosts see <see cref="ITenantGrain"/>.</summary>
[Alias("platform.ITenantAccountGrain")]
public interface ITenantAccountGrain : IGrainWithStringKey
{
    [Alias("Create")]
    Task<TenantView> CreateAsync(CreateTenantRequest opening, CancellationToken cancellationToken);

    [Alias("Exists"), AlwaysInterleave]
    Task<bool> ExistsAsync(CancellationToken cancellationToken);

    [Alias("Find"), AlwaysInterleave]
    Task<TenantView?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such tenant.</summary>
    [Alias("FindSignInRules"), AlwaysInterleave]
    Task<SignInRules?> FindSignInRulesAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such tenant. Also published to <see cref="LiveTenants"/> of the process in which the tenant's grain is.</summary>
    [Alias("FindTerms"), AlwaysInterleave]
    Task<TenantPolicySnapshot?> FindPolicyAsync(CancellationToken cancellationToken);

    [Alias("ListManagers"), AlwaysInterleave]
    Task<ImmutableArray<UserId>> ListManagersAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Asked before a user's eligibility is written. False, and nothing changed, when nobody who can manage users would be left. Answered in turn, so that two of
    /// the last ones cannot both go.
    /// </summary>
    [Alias("AdmitStanding")]
    Task<bool> PrepareEligibilityChangeAsync(UserId user, ManagerEligibility next, CancellationToken cancellationToken);

    /// <summary>Called after it was written: a user who can manage users counts from then on. Repeating it changes nothing.</summary>
    [Alias("SettleStanding")]
    Task CommitEligibilityChangeAsync(UserId user, ManagerEligibility now, CancellationToken cancellationToken);
}
