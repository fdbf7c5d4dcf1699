using Platform.Sessions;
using Platform.Users;

namespace Platform.Tenants;

public enum TenantStatus
{
    Active = 1,

    /// <summary>Nobody of it can sign in.</summary>
    Suspended = 2,
}

public enum TenantEdition
{
    Trial = 1,
    Developer = 2,
    Standard = 3,
    Enterprise = 4,
}

/// <summary>Features that an operator switches per tenant.</summary>
[GenerateSerializer, Immutable, Alias("platform.TenantFeatures")]
public sealed record TenantFeatures
{
    /// <summary>Row 2FA.</summary>
    [Id(0)] public bool TwoFactor { get; init; }

    /// <summary>More than one domain (row SEGREGATION).</summary>
    [Id(1)] public bool MultiDomain { get; init; }

    /// <summary>Row IPRULES; needs <see cref="TenantEdition.Enterprise"/>.</summary>
    [Id(2)] public bool IpRules { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.TenantView")]
public sealed record TenantView
{
    [Id(0)] public required TenantId Id { get; init; }
    [Id(1)] public required string Slug { get; init; }
    [Id(2)] public required string Name { get; init; }
    [Id(3)] public required TenantEdition Edition { get; init; }
    [Id(4)] public required TenantFeatures Features { get; init; }
    [Id(5)] public required TenantStatus Status { get; init; }
    [Id(6)] public required SessionPolicy SessionPolicy { get; init; }
    [Id(7)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Nobody of it signs in with a password alone; needs the feature.</summary>
    [Id(8)] public bool RequireSecondFactor { get; init; }

    /// <summary>Operators read its data only after one of its managers has approved; false: it has waived that (row SUPPORT).</summary>
    [Id(60)] public bool SupportApproval { get; init; } = true;
}

/// <summary>A tenant with its first user, who holds <see cref="Users.Permissions.Owner"/>.</summary>
[GenerateSerializer, Immutable, Alias("platform.NewTenant")]
public sealed record NewTenant
{
    [Id(0)] public required string Slug { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public required TenantEdition Edition { get; init; }
    [Id(3)] public required string AdminUsername { get; init; }
    [Id(4)] public required string AdminEmail { get; init; }
    [Id(5)] public required string AdminPassword { get; init; }

    /// <inheritdoc cref="NewUser.Id"/>
    [Id(6)] public TenantId? Id { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => $"NewTenant {{ Slug = {Slug} }}";
}

/// <inheritdoc cref="TenantChange"/>
[GenerateSerializer, Immutable, Alias("platform.TenantFeaturesChange")]
public sealed record TenantFeaturesChange
{
    [Id(0)] public bool? TwoFactor { get; init; }
    [Id(1)] public bool? MultiDomain { get; init; }
    [Id(2)] public bool? IpRules { get; init; }
}

/// <inheritdoc cref="TenantChange"/>
[GenerateSerializer, Immutable, Alias("platform.SessionPolicyChange")]
public sealed record SessionPolicyChange
{
    [Id(0)] public TimeSpan? IdleTimeout { get; init; }
    [Id(1)] public TimeSpan? AbsoluteTimeout { get; init; }
}

/// <summary>What of a tenant is to change; null leaves a part as it is. Merged by the grain, so that two changes at once cannot undo each other.</summary>
[GenerateSerializer, Immutable, Alias("platform.TenantChange")]
public sealed record TenantChange
{
    [Id(0)] public string? Name { get; init; }
    [Id(1)] public TenantEdition? Edition { get; init; }
    [Id(2)] public TenantFeaturesChange? Features { get; init; }
    [Id(3)] public TenantStatus? Status { get; init; }
    [Id(4)] public SessionPolicyChange? SessionPolicy { get; init; }
    [Id(5)] public bool? RequireSecondFactor { get; init; }
    [Id(60)] public bool? SupportApproval { get; init; }
}
