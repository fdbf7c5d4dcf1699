using Platform.Audit;

namespace Platform.Privacy;

/// <summary>
/// The platform's data about one user, for the user and for managers who answer in the user's name (row PRIVACY; key <c>privacy_</c>, stateless). The grain reads in
/// short steps and holds nothing open between them, however slow the reader (threat T72).
/// </summary>
/// <remarks>
/// All calls about a user: the user itself, or members of its tenant with <see cref="Permissions.ManageUsers"/>; <see cref="Refusal.NotFound"/> or
/// <see cref="Refusal.Forbidden"/> to others. No step reveals anything about another person (threat T52).
/// </remarks>
[Alias("platform.IPrivacyGrain")]
public interface IPrivacyGrain : IGrainWithStringKey
{
    /// <summary>
    /// Call it first: the entry is on disk in the access log when it returns. For the user itself <see cref="Refusal.ReauthenticationRequired"/> unless it was authenticated
    /// within 15 minutes, with a factor if there is one; others need all permissions of the user.
    /// </summary>
    [Alias("BeginExport")]
    Task<Outcome<UserRecord>> BeginExportAsync(Actor actor, UserId user, CancellationToken cancellationToken);

    /// <summary>Events by or about the user, newest first, one step after <paramref name="after"/>.</summary>
    [Alias("ReadEvents")]
    Task<Outcome<Page<AuditEvent>>> ReadEventsAsync(Actor actor, UserId user, string? after, CancellationToken cancellationToken);

    /// <summary>By scenario and version.</summary>
    [Alias("ReadChanges")]
    Task<Outcome<Page<AuthoredChange>>> ReadChangesAsync(Actor actor, UserId user, PageRequest page, CancellationToken cancellationToken);

    /// <summary>By scenario and id.</summary>
    [Alias("ReadComments")]
    Task<Outcome<Page<AuthoredComment>>> ReadCommentsAsync(Actor actor, UserId user, PageRequest page, CancellationToken cancellationToken);

    /// <summary>By scenario.</summary>
    [Alias("ReadGrants")]
    Task<Outcome<Page<HeldGrant>>> ReadGrantsAsync(Actor actor, UserId user, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Erasures of the actor's tenant, newest first. <see cref="Permissions.ManageUsers"/>.</summary>
    [Alias("ListErasures")]
    Task<Outcome<Page<ErasureCertificate>>> ListErasuresAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <inheritdoc cref="ListErasuresAsync"/>
    [Alias("GetErasure")]
    Task<Outcome<ErasureCertificate>> GetErasureAsync(Actor actor, ErasureId erasure, CancellationToken cancellationToken);

    [Alias("ReadHoldings")]
    Task<Outcome<UserHoldings>> ReadHoldingsAsync(Actor actor, UserId user, CancellationToken cancellationToken);
}
