using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Platform.Security;

/// <summary>
/// What shows that a grain call comes from a process of this cluster (threat T81): a secret that follows from the master key and the cluster's identity, so that
/// nobody without that key can make it, and none of another environment counts here. A process that is alone makes a new one at each start. It flows with the call
/// (<see cref="RequestContext"/>).
/// </summary>
/// <remarks>It says "one of us", not who or what may be done: that is an <c>Actor</c>'s to say and the grain's to check. Never log or export a request context.</remarks>
public sealed class ClusterCredential
{
    public const string ContextKey = "platform.capability";

    private readonly string _text;

    /// <param name="master">Of the cluster.</param>
    /// <param name="serviceId">As configured for Orleans; names the environment.</param>
    /// <param name="clusterId">Likewise.</param>
    public ClusterCredential(MasterKey master, string serviceId, string clusterId) : this(master.Derive($"grain-calls {serviceId} {clusterId}"))
    {
    }

    private ClusterCredential(byte[] secret) => _text = Convert.ToBase64String(secret);

    /// <summary>Random, and nowhere else: for a process that shares its grains with no other. It ends with the process, and the master key does not tell it.</summary>
    public static ClusterCredential OfThisProcess() => new(RandomNumberGenerator.GetBytes(32));

    /// <summary>Puts it into the context of the call under way. Calls out of a grain have it from the call that the grain serves: then nothing is made.</summary>
    public void Present()
    {
        if (RequestContext.Get(ContextKey) is not string shown || !ReferenceEquals(shown, _text)) RequestContext.Set(ContextKey, _text);
    }

    /// <summary>In a time that does not depend on what was presented.</summary>
    public bool IsPresented() => RequestContext.Get(ContextKey) is string shown
        && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(shown.AsSpan()), MemoryMarshal.AsBytes(_text.AsSpan()));
}

/// <summary>On every process of the cluster, silo and host alike: each outgoing call carries the credential.</summary>
public sealed class AttachClusterCredential(ClusterCredential capability) : IOutgoingGrainCallFilter
{
    // Not async: what is set here is to flow with the call, and no state machine is to be made.
    public Task Invoke(IOutgoingGrainCallContext context)
    {
        capability.Present();
        return context.Invoke();
    }
}
