namespace Platform.Support;

/// <summary>Stored as numbers: values are for ever.</summary>
public enum SupportGrantState
{
    /// <summary>Waits for a manager of the tenant; its operator may not read yet.</summary>
    Requested = 1,

    /// <summary>Its operator may read.</summary>
    Active = 2,

    /// <summary>Final.</summary>
    Ended = 3,
}

/// <summary>Stored as numbers: values are for ever.</summary>
public enum SupportGrantEnd
{
    EndedByTenant = 1,
    EndedByOperator = 2,

    /// <summary>The access, or a request that nobody approved, has run out.</summary>
    Expired = 3,

    /// <summary>The tenant declined the request.</summary>
    Declined = 4,

    /// <summary>The platform was restored from a backup, which does not know what has ended since.</summary>
    PlatformRestored = 5,
}

/// <summary>Permission for one operator to read the data of one tenant for a while (row SUPPORT), as the tenant's managers and that operator see it.</summary>
[GenerateSerializer, Immutable, Alias("platform.SupportGrant")]
public sealed record SupportGrant
{
    [Id(0)] public required SupportGrantId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }

    /// <summary>The operator who asked, and the only one who may use it.</summary>
    [Id(2)] public required UserId OperatorId { get; init; }

    /// <summary>In answers only, because the name is kept with the account alone. Null: the account is gone.</summary>
    [Id(3)] public string? OperatorName { get; init; }
    [Id(4)] public required string Reason { get; init; }
    [Id(5)] public required string Ticket { get; init; }

    /// <summary>Counted from the moment at which the grant becomes active.</summary>
    [Id(6)] public required TimeSpan Duration { get; init; }

    /// <summary>Active at once, without anybody's approval.</summary>
    [Id(7)] public bool BreakGlass { get; init; }

    /// <summary>Active at once, because the tenant had waived approvals.</summary>
    [Id(8)] public bool ApprovalWaived { get; init; }
    [Id(9)] public required SupportGrantState State { get; init; }
    [Id(10)] public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When the access, or a request that nobody has approved by then, ends by itself.</summary>
    [Id(11)] public required DateTimeOffset ExpiresAt { get; init; }
    [Id(12)] public UserId? ApprovedBy { get; init; }
    [Id(13)] public DateTimeOffset? ActivatedAt { get; init; }
    [Id(14)] public DateTimeOffset? EndedAt { get; init; }
    [Id(15)] public SupportGrantEnd? EndReason { get; init; }

    /// <summary>Null if it ended by itself.</summary>
    [Id(16)] public UserId? EndedBy { get; init; }
}

/// <summary>The request of an operator.</summary>
[GenerateSerializer, Immutable, Alias("platform.NewSupportGrant")]
public sealed record NewSupportGrant
{
    [Id(0)] public required SupportGrantId Id { get; init; }
    [Id(1)] public required string Reason { get; init; }
    [Id(2)] public required string Ticket { get; init; }
    [Id(3)] public required TimeSpan Duration { get; init; }
    [Id(4)] public bool BreakGlass { get; init; }
}

/// <summary>One read that an operator is about to make.</summary>
/// <param name="Operation">Method and route, such as <c>GET /v1/tenants/{tenant}/users/{id}</c>.</param>
/// <param name="Target">The id that its path names beside the tenant; null: none.</param>
[GenerateSerializer, Immutable, Alias("platform.SupportRead")]
public sealed record SupportRead([property: Id(0)] string Operation, [property: Id(1)] string? Target);

/// <summary>The read may go on.</summary>
/// <param name="GrantId">The grant that allows it.</param>
[GenerateSerializer, Immutable, Alias("platform.SupportAccess")]
public sealed record SupportAccess([property: Id(0)] SupportGrantId GrantId);
