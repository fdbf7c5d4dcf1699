namespace Platform.State;

/// <summary>Gives a grain's constructor its state as <see cref="Committed{TState}"/>, read before the grain comes into memory.</summary>
/// <param name="stateName">One of <see cref="StateNames"/>.</param>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class CommittedStateAttribute(string stateName) : Attribute, IFacetMetadata
{
    public string StateName => stateName;

    /// <summary>The grain reads it when it comes into memory (<see cref="Committed{TState}.LoadAsync"/>). For grains of which there are very many: the runtime's list of what is to be started takes 170 bytes of each.</summary>
    public bool LoadedByGrain { get; init; }
}
