using System.Collections.Immutable;
using Platform.IpRules;
using Platform.Notifications;
using Platform.Snippets;
using Platform.State;
using Platform.Users;

namespace Platform.Tenants;

[GenerateSerializer, Immutable, Alias("platform.StoredTenant")]
internal sealed record StoredTenant : IProjectedState<StoredTenant>
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

    /// <summary>Active users who can manage users by permissions of their own or a built-in role. With <see cref="RoleManagers"/> never empty: decides who is the last one.</summary>
    [Id(8)] public ImmutableArray<UserId> Managers { get; init; } = [];
    [Id(9)] public SnippetId PrimarySnippet { get; init; }

    /// <inheritdoc cref="StoredUser.Version"/>
    [Id(10)] public int Version { get; init; }

    /// <inheritdoc cref="StoredUser.ListedVersion"/>
    [Id(11)] public int ListedVersion { get; init; }

    /// <inheritdoc cref="TenantView.RequireSecondFactor"/>
    [Id(12)] public bool RequireSecondFactor { get; init; }

    /// <inheritdoc cref="TenantPolicySnapshot.Revision"/>
    [Id(20)] public int Revision { get; init; }

    /// <inheritdoc cref="TenantPolicySnapshot.Epoch"/>
    [Id(21)] public int Epoch { get; init; }

    /// <inheritdoc cref="TenantPolicySnapshot.IdleCutoff"/>
    [Id(22)] public DateTimeOffset IdleCutoff { get; init; }

    /// <inheritdoc cref="TenantPolicySnapshot.AbsoluteCutoff"/>
    [Id(23)] public DateTimeOffset AbsoluteCutoff { get; init; }

    /// <summary>Own roles, by name.</summary>
    [Id(24)] public ImmutableArray<Role> Roles { get; init; } = [];

    /// <summary>Active users known to manage users by one of the tenant's own roles. There may be more of them than stand here.</summary>
    [Id(25)] public ImmutableArray<RoleManager> RoleManagers { get; init; } = [];

    /// <summary>Kept, though not in force, while the tenant does not have the feature.</summary>
    [Id(40)] public ImmutableArray<IpRule> IpRules { get; init; } = [];

    /// <summary>The opposite of <see cref="TenantView.SupportApproval"/>, so that what was stored before requires it.</summary>
    [Id(60)] public bool SupportApprovalWaived { get; init; }

    /// <summary>Null: the platform's default applies.</summary>
    [Id(70)] public TimeSpan? AccessLogKept { get; init; }
    [Id(71)] public TimeSpan? EndedSessionsKept { get; init; }

    /// <inheritdoc cref="TenantView.Language"/>
    [Id(72)] public NotificationLanguage Language { get; init; }

    /// <summary>As their grains published them, the primary one first.</summary>
    [Id(80)] public ImmutableArray<SnippetPublication> Snippets { get; init; } = [];

    /// <inheritdoc cref="TenantView.DeletesAt"/>
    [Id(90)] public DateTimeOffset? DeletesAt { get; init; }

    /// <inheritdoc cref="Internal.SignInRules.PasswordCutoff"/>
    [Id(110)] public DateTimeOffset? PasswordCutoff { get; init; }

    /// <summary>Of the last restore from a backup that was carried out here.</summary>
    [Id(118)] public DateTimeOffset? RestoredAt { get; init; }

    StoredTenant IProjectedState<StoredTenant>.WithVersions(int version, int listedVersion) => this with { Version = version, ListedVersion = listedVersion };
}

[GenerateSerializer, Immutable, Alias("platform.RoleManager")]
internal sealed record RoleManager([property: Id(0)] UserId UserId, [property: Id(1)] string Role);

[GenerateSerializer, Immutable, Alias("platform.StoredTenantName")]
internal sealed record StoredTenantName
{
    [Id(0)] public TenantId TenantId { get; init; }
    [Id(1)] public DateTimeOffset ClaimedAt { get; init; }

    /// <summary>Its tenant was deleted, and nobody gets the slug again (decision 111). Then there is no tenant here.</summary>
    [Id(2)] public bool Retired { get; init; }
}
