namespace Platform.IpRules;

public enum IpRuleAction
{
    Allow = 1,
    Deny = 2,
}

/// <summary>The callers to which a rule applies.</summary>
public enum IpRuleSubject
{
    /// <summary>Every user and every API key.</summary>
    All = 1,

    User = 2,

    ApiKeys = 3,
}

/// <summary>One rule of a tenant (row IPRULES).</summary>
[GenerateSerializer, Immutable, Alias("platform.IpRule")]
public sealed record IpRule
{
    /// <summary>At most this many a tenant.</summary>
    public const int MaxPerTenant = 500;

    /// <summary>A block in canonical form, such as <c>192.0.2.0/24</c>.</summary>
    [Id(0)] public required string Cidr { get; init; }

    [Id(1)] public required IpRuleAction Action { get; init; }
    [Id(2)] public required IpRuleSubject Subject { get; init; }

    /// <summary>The one user, for <see cref="IpRuleSubject.User"/>.</summary>
    [Id(3)] public UserId? UserId { get; init; }
}
