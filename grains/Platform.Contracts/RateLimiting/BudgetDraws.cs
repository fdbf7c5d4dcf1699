using System.Collections.Immutable;

namespace Platform.RateLimiting;

/// <summary>What one host has let through since it last told.</summary>
[GenerateSerializer, Immutable, Alias("platform.BudgetDraws")]
public sealed record BudgetDraws
{
    /// <summary>In which one call comes back to a budget: the window over the quota.</summary>
    [Id(0)] public required TimeSpan PerCall { get; init; }

    [Id(1)] public required ImmutableArray<BudgetDraw> Draws { get; init; }
}

/// <param name="Key">Whose budget.</param>
/// <param name="Calls">How many of it.</param>
[GenerateSerializer, Immutable, Alias("platform.BudgetDraw")]
public readonly record struct BudgetDraw([property: Id(0)] string Key, [property: Id(1)] int Calls);
