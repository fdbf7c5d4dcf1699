using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>A grain lives on the silo whose address its key names after the prefix, and nowhere else.</summary>
[GenerateSerializer, Immutable]
internal sealed class NamedSiloPlacement : PlacementStrategy
{
    public static NamedSiloPlacement Instance { get; } = new();
}

[AttributeUsage(AttributeTargets.Class)]
internal sealed class OnNamedSiloAttribute() : PlacementAttribute(NamedSiloPlacement.Instance);

internal sealed class NamedSiloPlacementDirector : IPlacementDirector
{
    /// <exception cref="SiloUnavailableException">The silo is gone. It does not come back: an address is that of one start.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        var named = key[(key.IndexOf('_', StringComparison.Ordinal) + 1)..];
        return Task.FromResult(context.GetCompatibleSilos(target).FirstOrDefault(silo => silo.ToParsableString() == named)
            ?? throw new SiloUnavailableException($"The silo {named} is no member of this cluster any more."));
    }
}
