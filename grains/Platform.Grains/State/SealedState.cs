namespace Platform.State;

/// <summary>What stands in storage for an <see cref="IPersonalState"/>.</summary>
[GenerateSerializer, Immutable, Alias("platform.SealedState")]
public sealed record SealedState
{
    /// <summary>Whose data key.</summary>
    [Id(0)] public string Subject { get; init; } = "";

    /// <summary>The state as JSON, sealed.</summary>
    [Id(1)] public ReadOnlyMemory<byte> Sealed { get; init; }

    /// <summary>Prints no bytes.</summary>
    public override string ToString() => nameof(SealedState);
}
