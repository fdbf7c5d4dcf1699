using System.Collections.Immutable;
using Platform.IpRules;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>What of a tenant decides about its sessions, live ones included. Replaced as a whole.</summary>
[GenerateSerializer, Immutable, Alias("platform.TenantTerms")]
public sealed record TenantPolicySnapshot
{
    /// <summary>Counts the tenant's changes: of two snapshots the one with the greater revision holds.</summary>
    [Id(0)] public required int Revision { get; init; }

    [Id(1)] public required SessionPolicy Policy { get; init; }

    /// <summary>Goes up when all sessions of the tenant end: those of an earlier epoch are over. One write, however many there are.</summary>
    [Id(2)] public required int Epoch { get; init; }

    /// <summary>Sessions whose last activity is not later than this were over under a policy that has been replaced; a longer one does not revive them.</summary>
    [Id(3)] public required DateTimeOffset IdleCutoff { get; init; }

    /// <summary>The same for sessions opened not later than this, and the absolute timeout.</summary>
    [Id(4)] public required DateTimeOffset AbsoluteCutoff { get; init; }

    /// <summary>The tenant's own; the built-in ones are the same everywhere.</summary>
    [Id(5)] public required ImmutableArray<Role> Roles { get; init; }

    /// <summary>Empty too where the tenant has rules but not the feature.</summary>
    [Id(40)] public ImmutableArray<IpRule> IpRules { get; init; } = [];

    /// <summary>Its API keys are refused while this is so. Its sessions have ended by the epoch.</summary>
    [Id(50)] public bool Suspended { get; init; }

    /// <summary>Sessions without a proven second factor are limited to setting one up, those from before too (decision 0035).</summary>
    [Id(60)] public bool RequireSecondFactor { get; init; }

    /// <summary>Of all snippets, the primary one first. Which of their domains work is for the live tenant to say.</summary>
    [Id(80)] public ImmutableArray<SnippetPublication> Snippets { get; init; } = [];

    /// <summary>The feature for several domains; without it only the one that was added first works.</summary>
    [Id(81)] public bool MultiDomain { get; init; }
}
