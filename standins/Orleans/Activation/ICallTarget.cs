using Orleans.Calls;

namespace Orleans.Activation;

/// <summary>What a key leads to: one activation, or the workers that share the key.</summary>
internal interface ICallTarget
{
    /// <summary>Takes the call; false when the target has ended and a new one is to be made.</summary>
    bool TryReceive(CallMessage message);

    IEnumerable<GrainActivation> Activations { get; }
}
