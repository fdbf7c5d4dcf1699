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

    private readonly MasterKey? _master;
    private readonly string _purpose = "";
    private volatile Texts _texts;

    /// <param name="master">Of the cluster. While it is rotated, credentials of all its versions are taken, until the former one may not call any more.</param>
    /// <param name="serviceId">As configured for Orleans; names the environment.</param>
    /// <param name="clusterId">Likewise.</param>
    public ClusterCredential(MasterKey master, string serviceId, string clusterId)
    {
        (_master, _purpose) = (master, $"grain-calls {serviceId} {clusterId}");
        _texts = Derive(master.Versions);
    }

    private ClusterCredential(byte[] secret) => _texts = new Texts(null, Convert.ToBase64String(secret), []);

    /// <summary>Random, and nowhere else: for a process that shares its grains with no other. It ends with the process, and the master key does not tell it.</summary>
    public static ClusterCredential OfThisProcess() => new(RandomNumberGenerator.GetBytes(32));

    private Texts Now
    {
        get
        {
            var texts = _texts;
            return _master is null || ReferenceEquals(texts.Of, _master.Versions) ? texts : _texts = Derive(_master.Versions);
        }
    }

    /// <summary>Puts it into the context of the call under way. Calls out of a grain have it from the call that the grain serves: then nothing is made.</summary>
    public void Present()
    {
        var text = Now.Current;
        if (RequestContext.Get(ContextKey) is not string shown || !ReferenceEquals(shown, text)) RequestContext.Set(ContextKey, text);
    }

    /// <summary>In a time that does not depend on what was presented.</summary>
    public bool IsPresented()
    {
        if (RequestContext.Get(ContextKey) is not string shown) return false;
        var texts = Now;
        var isPresented = Equal(shown, texts.Current);
        foreach (var other in texts.Others) isPresented |= Equal(shown, other);
        return isPresented;
    }

    private Texts Derive(MasterKey.VersionSet versions) => new(
        versions,
        Text(versions.Current),
        versions.FormerMayCall ? [.. versions.All.Where(version => version != versions.Current).Select(Text)] : []);

    private string Text(MasterKeyVersion version) => Convert.ToBase64String(version.Derive(_purpose));

    private static bool Equal(string shown, string text) => CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(shown.AsSpan()), MemoryMarshal.AsBytes(text.AsSpan()));

    private sealed record Texts(MasterKey.VersionSet? Of, string Current, string[] Others);
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
