using System.Collections.Immutable;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Cluster;

/// <summary>
/// The other processes of the cluster that answer from memory. What is told here has been made durable before; when the telling returns, none of them answers by what
/// was before (threat T40): each has taken it, or holds no lease any more and takes it before it gets one again.
/// </summary>
public interface IOtherNodes
{
    /// <exception cref="StorageUnavailableException">It is not certain that all of them know. The caller claims nothing.</exception>
    Task TellTermsAsync(TenantId tenant, TenantTerms terms);

    /// <inheritdoc cref="TellTermsAsync"/>
    Task TellKeyDestroyedAsync(string subject);

    /// <inheritdoc cref="TellTermsAsync"/>
    Task TellRecalledAsync(ImmutableArray<SessionId> sessions);
}

/// <summary>Of a process that is alone.</summary>
public sealed class NoOtherNodes : IOtherNodes
{
    public static NoOtherNodes Instance { get; } = new();

    public Task TellTermsAsync(TenantId tenant, TenantTerms terms) => Task.CompletedTask;

    public Task TellKeyDestroyedAsync(string subject) => Task.CompletedTask;

    public Task TellRecalledAsync(ImmutableArray<SessionId> sessions) => Task.CompletedTask;
}
