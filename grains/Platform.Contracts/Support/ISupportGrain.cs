using Orleans.Concurrency;

namespace Platform.Support;

/// <summary>
/// Key: <see cref="TenantId"/>. Decides which operators may read the tenant's data now (row SUPPORT, decision 0033). Nothing of its answers may be kept: the next read asks again.
/// </summary>
[Alias("platform.ISupportGrain")]
public interface ISupportGrain : IGrainWithStringKey
{
    /// <summary>
    /// Operators who have just proven a second factor. Active at once when it is break-glass or the tenant has waived approvals; then, too, the tenant's managers
    /// have been written to. With an id that is there already, the same grant. Refusals: <see cref="Refusal.NotFound"/>, <see cref="Refusal.Forbidden"/> to members,
    /// <see cref="Refusal.SecondFactorEnrolmentRequired"/>, <see cref="Refusal.ReauthenticationRequired"/>, <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.TooManySupportGrants"/>.
    /// </summary>
    [Alias("Ask")]
    Task<Outcome<SupportGrant>> AskAsync(Actor actor, NewSupportGrant asked, CancellationToken cancellationToken);

    /// <summary>Members with <see cref="Permissions.ManageUsers"/>, never operators. Its time runs from then on. One that is active already stays as it is.</summary>
    [Alias("Approve")]
    Task<Outcome<SupportGrant>> ApproveAsync(Actor actor, SupportGrantId grant, CancellationToken cancellationToken);

    /// <summary>Members with <see cref="Permissions.ManageUsers"/>, or its operator. No read that begins after the answer is let through, also after a crash.</summary>
    [Alias("End")]
    Task<Outcome> EndAsync(Actor actor, SupportGrantId grant, CancellationToken cancellationToken);

    /// <summary>Newest first: all of them to members with <see cref="Permissions.ManageUsers"/>, their own to operators.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<Outcome<Page<SupportGrant>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary>
    /// Asked before each read by an operator. It is in the tenant's access log, on disk, when this returns. Answered in turn with everything else, so that the log
    /// tells of no use after the end. <see cref="Refusal.NotFound"/> to whom the tenant shall not exist for.
    /// </summary>
    /// <exception cref="StorageUnavailableException">It could not be logged: the read must not go on.</exception>
    [Alias("Use")]
    Task<Outcome<SupportAccess>> UseAsync(Actor actor, SupportRead read, CancellationToken cancellationToken);
}
