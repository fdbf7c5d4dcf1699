namespace Platform.Scenarios;

/// <summary>Which scenarios of a tenant a list shows: those for which all that is given holds.</summary>
[GenerateSerializer, Immutable, Alias("platform.ScenarioFilter")]
public sealed record ScenarioFilter
{
    public static readonly ScenarioFilter All = new();

    /// <summary>A part of the name, without regard to case.</summary>
    [Id(0)] public string? Search { get; init; }
    [Id(1)] public ScenarioKind? Kind { get; init; }
    [Id(2)] public ScenarioStatus? Status { get; init; }
}
