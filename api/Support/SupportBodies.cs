using Platform.Support;

namespace Platform.Api.Support;

internal sealed record SupportGrantBody(
    SupportGrantId Id,
    SupportGrantState State,
    UserId OperatorId,
    string? OperatorName,
    string Reason,
    string Ticket,
    TimeSpan Duration,
    bool BreakGlass,
    bool ApprovalWaived,
    DateTimeOffset RequestedAt,
    DateTimeOffset? ActivatedAt,
    DateTimeOffset ExpiresAt,
    UserId? ApprovedBy,
    DateTimeOffset? EndedAt,
    SupportGrantEnd? EndReason,
    UserId? EndedBy)
{
    public static SupportGrantBody Of(SupportGrant grant) => new(
        grant.Id,
        grant.State,
        grant.OperatorId,
        grant.OperatorName,
        grant.Reason,
        grant.Ticket,
        grant.Duration,
        grant.BreakGlass,
        grant.ApprovalWaived,
        grant.RequestedAt,
        grant.ActivatedAt,
        grant.ExpiresAt,
        grant.ApprovedBy,
        grant.EndedAt,
        grant.EndReason,
        grant.EndedBy);
}

internal sealed record NewSupportGrantBody
{
    public required string Reason { get; init; }

    public required string Ticket { get; init; }

    /// <summary>From PT1M to PT8H, counted from the moment at which it becomes active.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Active at once, where an approval cannot be waited for. All managers of the tenant are notified.</summary>
    public bool? BreakGlass { get; init; }
}
