using Platform.Notifications;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Tenants;

public enum TenantStatus
{
    Active = 1,

    /// <summary>Nobody of the tenant can sign in.</summary>
    Suspended = 2,

    /// <summary>Its data are being destroyed. As a suspended one, and for ever.</summary>
    Deleting = 3,
}

public enum TenantEdition
{
    Trial = 1,
    Developer = 2,
    Standard = 3,
    Enterprise = 4,
}

/// <summary>Whether vulnerabilities may be looked for on a tenant (row VULN). Follows from its edition, so that nobody sets it by mistake.</summary>
public enum SecurityTesting
{
    NotAllowed = 0,
    Allowed = 1,
}

public static class TenantEditions
{
    /// <summary>On trial and developer tenants, whose data is nobody's work.</summary>
    public static SecurityTesting ToSecurityTesting(this TenantEdition edition) =>
        edition is TenantEdition.Trial or TenantEdition.Developer ? SecurityTesting.Allowed : SecurityTesting.NotAllowed;
}

/// <summary>The result of a first start.</summary>
public enum BootstrapResult
{
    Existing = 0,

    /// <summary>Made by this call, with its password.</summary>
    Created = 1,

    /// <summary>Being made by another call, which may have died: ask again until its claim is over.</summary>
    InProgress = 2,
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

    /// <summary>Nobody of the tenant signs in with a password alone; needs the feature.</summary>
    [Id(8)] public bool RequireSecondFactor { get; init; }

    /// <summary>Operators read the tenant's data only after one of its managers has approved; false: the tenant has waived approvals (row SUPPORT).</summary>
    [Id(60)] public bool SupportApproval { get; init; } = true;

    [Id(70)] public TenantRetention Retention { get; init; } = new();

    /// <summary>In which notifications are written.</summary>
    [Id(71)] public NotificationLanguage Language { get; init; }

    /// <summary>When the tenant is deleted, unless an operator takes that back; null: nobody has asked for it, or the reader is not to know.</summary>
    [Id(80)] public DateTimeOffset? DeletesAt { get; init; }
}

/// <summary>How long a tenant keeps data that accumulates by itself (row PRIVACY). Whole days.</summary>
[GenerateSerializer, Immutable, Alias("platform.TenantRetention")]
public sealed record TenantRetention
{
    public static readonly TimeSpan MinAccessLog = TimeSpan.FromDays(30);
    public static readonly TimeSpan MaxAccessLog = TimeSpan.FromDays(3650);
    public static readonly TimeSpan MinEndedSessions = TimeSpan.FromDays(1);
    public static readonly TimeSpan MaxEndedSessions = TimeSpan.FromDays(365);

    /// <summary>The access log drops older events. Default a year.</summary>
    [Id(0)] public TimeSpan AccessLog { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Lists drop ended sessions after this time.</summary>
    [Id(1)] public TimeSpan EndedSessions { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Faults of the tenant's values; empty if they are within the bounds.</summary>
    public IEnumerable<InputError> Check() =>
    [
        .. Check("/retention/accessLog", AccessLog, MinAccessLog, MaxAccessLog),
        .. Check("/retention/endedSessions", EndedSessions, MinEndedSessions, MaxEndedSessions),
    ];

    private static IEnumerable<InputError> Check(string pointer, TimeSpan value, TimeSpan min, TimeSpan max)
    {
        if (value < min || value > max) yield return new InputError(pointer, "out_of_range", $"Use P{min.Days}D to P{max.Days}D.");
        else if (value.Ticks % TimeSpan.TicksPerDay != 0) yield return new InputError(pointer, "not_whole_days", "Use whole days, such as P90D.");
    }
}

/// <inheritdoc cref="TenantChange"/>
[GenerateSerializer, Immutable, Alias("platform.TenantRetentionChange")]
public sealed record TenantRetentionChange
{
    [Id(0)] public TimeSpan? AccessLog { get; init; }
    [Id(1)] public TimeSpan? EndedSessions { get; init; }
}

/// <summary>A tenant with its first user, who holds <see cref="Permissions.Owner"/>.</summary>
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

    /// <inheritdoc cref="NewUser.MustChangePassword"/>
    [Id(7)] public bool AdminMustChangePassword { get; init; }

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

/// <summary>A change of a tenant; null leaves a part unchanged. The grain merges changes, so that two at once cannot undo each other.</summary>
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
    [Id(70)] public TenantRetentionChange? Retention { get; init; }
    [Id(71)] public NotificationLanguage? Language { get; init; }

    /// <summary>The tenant is not to be deleted after all.</summary>
    [Id(80)] public bool WithdrawDeletion { get; init; }
}
