namespace Platform;

/// <summary>The caller of a grain, as the host established it from a live session. Grains check it against the data that they own.</summary>
[GenerateSerializer, Immutable, Alias("platform.Actor")]
public sealed record Actor
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required UserId UserId { get; init; }
    [Id(2)] public required SessionId SessionId { get; init; }
    [Id(3)] public required Permissions Permissions { get; init; }

    /// <summary>Address and program of the request, for the access log and for counting guesses at passwords.</summary>
    [Id(4)] public ClientInfo? Client { get; init; }

    /// <summary>Name of the acting user as the session knows it, for the access log.</summary>
    [Id(5)] public string? Username { get; init; }

    /// <summary>When the session was opened; null: not lately.</summary>
    [Id(6)] public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>When a second factor was last proven in the session.</summary>
    [Id(7)] public DateTimeOffset? SecondFactorAt { get; init; }

    /// <summary>Present if an API key acts; then there is neither user nor session.</summary>
    [Id(50)] public ApiKeyId? ApiKey { get; init; }

    /// <summary>The user for whom the API key counts: it never may do more than this one.</summary>
    [Id(51)] public UserId Sponsor { get; init; }

    /// <summary>Present if an operator reads under a grant of the tenant; then <see cref="UserId"/> and <see cref="SessionId"/> are the operator's, of another tenant.</summary>
    [Id(60)] public SupportGrantId? SupportGrant { get; init; }

    /// <summary>The user whose level on a single object counts.</summary>
    public UserId RightsHolder => ApiKey is null ? UserId : Sponsor;

    public bool Holds(Permissions permission) => Permissions.Holds(permission);
}
