using Orleans.Concurrency;

namespace Platform.Support;

/// <summary>
/// Key: <see cref="TenantId"/>. Decides which operators may read the tenant's data now (row SUPPORT, decision 0033). Hosts must not cache its answers: the next read asks again.
/// </summary>
[Alias("platform.ISupportGrain")]
public interface ISupportGrain : IGrainWithStringKey
{
    /// <summary>
    /// Operators who have just proven a second factor. The grant is active at once if it is break-glass or the tenant has waived approvals. In every case the tenant's managers
    /// get an e-mail. For an id that exists already it returns that grant. Refusals: <see cref="Refusal.NotFound"/>, <see cref="Refusal.Forbidden"/> to members,
    /// <see cref="Refusal.SecondFactorEnrolmentRequired"/>, <see cref="Refusal.ReauthenticationRequired"/>, <see cref="Refusal.InvalidRequest"/>, <see cref="Refusal.TooManySupportGrants"/>.
    /// </summary>
    [Alias("Ask")]
    Task<Outcome<SupportGrant>> AskAsync(Actor actor, NewSupportGrant asked, CancellationToken cancellationToken);

    /// <summary>Members with <see cref="Permissions.ManageUsers"/>, never operators. Approves the grant, whose time begins then. An active grant does not change.</summary>
    [Alias("Approve")]
    Task<Outcome<SupportGrant>> ApproveAsync(Actor actor, SupportGrantId grant, CancellationToken cancellationToken);

    /// <summary>Members with <see cref="Permissions.ManageUsers"/>, or its operator. Ends the grant. The platform refuses every read that begins after the answer, also after a crash.</summary>
    [Alias("End")]
    Task<Outcome> EndAsync(Actor actor, SupportGrantId grant, CancellationToken cancellationToken);

    /// <summary>Newest first: all of them to members with <see cref="Permissions.ManageUsers"/>, their own to operators.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<Outcome<Page<SupportGrant>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary>
    /// Hosts call it before each read by an operator. The read is in the tenant's access log, on disk, when this returns. The call takes a turn like all others, so that the log
    /// has no use after the end. <see cref="Refusal.NotFound"/> to operators without an active grant.
    /// </summary>
    /// <exception cref="StorageUnavailableException">It could not be logged: the read must not go on.</exception>
    [Alias("Use")]
    Task<Outcome<SupportAccess>> UseAsync(Actor actor, SupportRead read, CancellationToken cancellationToken);
}
