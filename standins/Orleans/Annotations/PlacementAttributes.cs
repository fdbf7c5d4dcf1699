namespace Orleans.Placement
{
    /// <summary>Where activations go. Accepted by the stand-in, where there is one place.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public abstract class PlacementAttribute : Attribute;

    public sealed class RandomPlacementAttribute : PlacementAttribute;

    public sealed class HashBasedPlacementAttribute : PlacementAttribute;

    public sealed class PreferLocalPlacementAttribute : PlacementAttribute;

    public sealed class ActivationCountBasedPlacementAttribute : PlacementAttribute;

    public sealed class ResourceOptimizedPlacementAttribute : PlacementAttribute;
}

namespace Orleans
{
    using Orleans.Runtime;

    /// <summary>The stored name of a grain class in place of the one made from its class name.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class GrainTypeAttribute(string grainType) : Attribute
    {
        private readonly GrainType _grainType = GrainType.Create(grainType);

        public GrainType GetGrainType(IServiceProvider services, Type type) => _grainType;

        internal GrainType Value => _grainType;
    }
}

namespace Orleans.Runtime
{
    /// <summary>The name of a grain interface in place of its full type name.</summary>
    [AttributeUsage(AttributeTargets.Interface)]
    public sealed class GrainInterfaceTypeAttribute(string value) : Attribute
    {
        private readonly GrainInterfaceType _value = GrainInterfaceType.Create(value);

        public GrainInterfaceType GetGrainInterfaceType(IServiceProvider services, Type type) => _value;
    }
}

namespace Orleans.Metadata
{
    using Orleans.Runtime;

    /// <summary>Which grain class serves an interface that several implement.</summary>
    [AttributeUsage(AttributeTargets.Interface)]
    public sealed class DefaultGrainTypeAttribute(string grainType) : Attribute
    {
        internal GrainType Value { get; } = GrainType.Create(grainType);
    }
}
