using System.Text.Json;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.Api.Tenants;

internal sealed record TenantBody(
    TenantId Id,
    string Slug,
    string Name,
    TenantEdition Edition,
    FeaturesBody Features,
    TenantStatus Status,
    SessionPolicyBody SessionPolicy,
    bool RequireSecondFactor,
    bool SupportApproval,
    RetentionBody Retention,
    string Language,
    DateTimeOffset CreatedAt,
    SecurityTesting SecurityTesting,
    DateTimeOffset? DeletesAt)
{
    public static TenantBody Of(TenantView view) => new(
        view.Id,
        view.Slug,
        view.Name,
        view.Edition,
        new FeaturesBody { TwoFactor = view.Features.TwoFactor, MultiDomain = view.Features.MultiDomain, IpRules = view.Features.IpRules },
        view.Status,
        new SessionPolicyBody { IdleTimeout = view.SessionPolicy.IdleTimeout, AbsoluteTimeout = view.SessionPolicy.AbsoluteTimeout },
        view.RequireSecondFactor,
        view.SupportApproval,
        new RetentionBody { AccessLog = view.Retention.AccessLog, EndedSessions = view.Retention.EndedSessions },
        view.Language.ToTag(),
        view.CreatedAt,
        view.Edition.ToSecurityTesting(),
        view.DeletesAt);
}

/// <summary>How long things are kept, in whole days. In a change, an absent member changes nothing.</summary>
internal sealed record RetentionBody
{
    /// <summary><c>P30D</c> to <c>P3650D</c>; default <c>P365D</c>.</summary>
    public TimeSpan? AccessLog { get; init; }

    /// <summary><c>P1D</c> to <c>P365D</c>; default <c>P7D</c>.</summary>
    public TimeSpan? EndedSessions { get; init; }

    public TenantRetentionChange ToChange() => new() { AccessLog = AccessLog, EndedSessions = EndedSessions };
}

/// <summary>In a change, an absent member changes nothing.</summary>
internal sealed record FeaturesBody
{
    public bool? TwoFactor { get; init; }

    public bool? MultiDomain { get; init; }

    public bool? IpRules { get; init; }

    public TenantFeaturesChange ToChange() => new() { TwoFactor = TwoFactor, MultiDomain = MultiDomain, IpRules = IpRules };
}

/// <summary>In a change, an absent member changes nothing.</summary>
internal sealed record SessionPolicyBody
{
    public TimeSpan? IdleTimeout { get; init; }

    public TimeSpan? AbsoluteTimeout { get; init; }

    public SessionPolicyChange ToChange() => new() { IdleTimeout = IdleTimeout, AbsoluteTimeout = AbsoluteTimeout };
}

internal sealed record NewTenantBody
{
    public required string Slug { get; init; }

    public required string Name { get; init; }

    public required TenantEdition Edition { get; init; }

    public required NewAdminBody Admin { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(NewTenantBody);
}

internal sealed record NewAdminBody
{
    public required string Username { get; init; }

    public required string Email { get; init; }

    public required string Password { get; init; }

    /// <summary>True: the admin chooses another password at the first sign-in. Default false.</summary>
    public bool? MustChangePassword { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(NewAdminBody);
}

/// <summary>The members that a tenant's managers may change; an absent one changes nothing.</summary>
internal sealed record TenantChangeBody
{
    public string? Name { get; init; }

    public SessionPolicyBody? SessionPolicy { get; init; }

    /// <summary>Needs the feature <c>twoFactor</c>. Holds for sign-ins from then on.</summary>
    public bool? RequireSecondFactor { get; init; }

    /// <summary>True: operators read the tenant's data only after a manager has approved. False waives that for grants asked for from then on.</summary>
    public bool? SupportApproval { get; init; }

    public RetentionBody? Retention { get; init; }

    /// <summary>In which notifications are written: <c>en</c> or <c>de</c>.</summary>
    public string? Language { get; init; }
}

/// <summary>The members that operators may change; an absent one changes nothing.</summary>
internal sealed record OperatorTenantChangeBody
{
    public string? Name { get; init; }

    public TenantEdition? Edition { get; init; }

    public FeaturesBody? Features { get; init; }

    public TenantStatus? Status { get; init; }

    /// <summary>Null takes back a deletion that has not begun; there is no other value.</summary>
    public JsonElement DeletesAt { get; init; }
}
