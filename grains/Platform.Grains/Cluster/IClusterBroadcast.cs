using System.Collections.Immutable;
using Platform.Tenants;

namespace Platform.Cluster;

/// <summary>
/// The other processes of the cluster that answer from memory. What is published here has been made durable before; when the call returns, none of them answers by what
/// was before (threat T40): each has taken it, or holds no lease any more and takes it before it gets one again.
/// </summary>
internal interface IClusterBroadcast
{
    /// <exception cref="StorageUnavailableException">It is not certain that all of them know. The caller claims nothing.</exception>
    Task PublishPolicyAsync(TenantId tenant, TenantPolicySnapshot policy);

    /// <inheritdoc cref="PublishPolicyAsync"/>
    Task PublishKeyDestroyedAsync(string subject);

    /// <inheritdoc cref="PublishPolicyAsync"/>
    Task PublishEvictionAsync(ImmutableArray<SessionId> sessions);
}

/// <summary>Of a process that is alone.</summary>
internal sealed class NullClusterBroadcast : IClusterBroadcast
{
    public static NullClusterBroadcast Instance { get; } = new();

    public Task PublishPolicyAsync(TenantId tenant, TenantPolicySnapshot policy) => Task.CompletedTask;

    public Task PublishKeyDestroyedAsync(string subject) => Task.CompletedTask;

    public Task PublishEvictionAsync(ImmutableArray<SessionId> sessions) => Task.CompletedTask;
}
