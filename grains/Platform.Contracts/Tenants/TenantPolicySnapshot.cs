using System.Collections.Immutable;
using Platform.IpRules;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>All decisions of a tenant about its sessions, live ones included. A change replaces the whole record.</summary>
[GenerateSerializer, Immutable, Alias("platform.TenantTerms")]
public sealed record TenantPolicySnapshot
{
    /// <summary>Counts the tenant's changes: of two snapshots the one with the greater revision holds.</summary>
    [Id(0)] public required int Revision { get; init; }

    [Id(1)] public required SessionPolicy Policy { get; init; }

    /// <summary>Rises when all sessions of the tenant end: sessions of an earlier epoch are over. It takes one write, whatever their number.</summary>
    [Id(2)] public required int Epoch { get; init; }

    /// <summary>Sessions whose last activity is not later than this were over under a policy that has been replaced; a longer one does not revive them.</summary>
    [Id(3)] public required DateTimeOffset IdleCutoff { get; init; }

    /// <summary>The same for sessions opened not later than this, and the absolute timeout.</summary>
    [Id(4)] public required DateTimeOffset AbsoluteCutoff { get; init; }

    /// <summary>The tenant's own roles; built-in ones are the same everywhere.</summary>
    [Id(5)] public required ImmutableArray<Role> Roles { get; init; }

    /// <summary>Also empty if the tenant has rules but not the feature.</summary>
    [Id(40)] public ImmutableArray<IpRule> IpRules { get; init; } = [];

    /// <summary>While this holds, the platform refuses the tenant's API keys. The epoch has ended its sessions.</summary>
    [Id(50)] public bool Suspended { get; init; }

    /// <summary>Sessions without a proven second factor can only set one up, older sessions included (decision 0035).</summary>
    [Id(60)] public bool RequireSecondFactor { get; init; }

    /// <summary>All snippets, the primary one first. The live tenant decides which of their domains work.</summary>
    [Id(80)] public ImmutableArray<SnippetPublication> Snippets { get; init; } = [];

    /// <summary>The feature for several domains; without it only the first domain works.</summary>
    [Id(81)] public bool MultiDomain { get; init; }

    /// <summary>The tenant's edition is one on which vulnerabilities may be looked for (row VULN).</summary>
    [Id(100)] public bool SecurityTesting { get; init; }
}
