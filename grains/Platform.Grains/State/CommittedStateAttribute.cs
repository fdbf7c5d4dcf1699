namespace Platform.State;

/// <summary>Gives a grain's constructor its state as <see cref="Committed{TState}"/>, read before the grain comes into memory.</summary>
/// <param name="stateName">One of <see cref="StateNames"/>.</param>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class CommittedStateAttribute(string stateName) : Attribute, IFacetMetadata, IPersistentStateConfiguration
{
    public string StateName => stateName;

    public string StorageName => StateNames.Storage;
}
