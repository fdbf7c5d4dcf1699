using System.Collections.Immutable;
using Platform.State;

namespace Platform.Scenarios;

[GenerateSerializer, Immutable, Alias("platform.StoredScenario")]
internal sealed record StoredScenario : IProjectedState<StoredScenario>
{
    [Id(0)] public TenantId TenantId { get; init; }
    [Id(1)] public string Name { get; init; } = "";
    [Id(2)] public ScenarioKind Kind { get; init; }
    [Id(3)] public ScenarioStatus Status { get; init; }
    [Id(4)] public string Content { get; init; } = "";
    [Id(5)] public int Version { get; init; }
    [Id(6)] public UserId CreatedBy { get; init; }
    [Id(7)] public DateTimeOffset CreatedAt { get; init; }
    [Id(8)] public DateTimeOffset UpdatedAt { get; init; }
    [Id(9)] public ImmutableArray<ScenarioGrant> Grants { get; init; } = [];

    /// <summary>Counts all changes, grants too.</summary>
    [Id(10)] public int Revision { get; init; }

    /// <summary>The revision that the directory is known to show; behind after a failure, and mended at the next activation.</summary>
    [Id(11)] public int ListedRevision { get; init; }

    int IProjectedState<StoredScenario>.Version => Revision;

    int IProjectedState<StoredScenario>.ListedVersion => ListedRevision;

    StoredScenario IProjectedState<StoredScenario>.WithVersions(int version, int listedVersion) => this with { Revision = version, ListedRevision = listedVersion };

    /// <summary>Prints no content.</summary>
    public override string ToString() => $"StoredScenario {{ Version = {Version} }}";
}
