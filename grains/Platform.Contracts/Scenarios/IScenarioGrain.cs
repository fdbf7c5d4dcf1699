using Orleans.Concurrency;

namespace Platform.Scenarios;

/// <summary>Key: <see cref="ScenarioId"/>. Owns one scenario or personalization: content, status, who may do what with it (row SCENARIO).</summary>
/// <remarks>
/// Every method answers <see cref="Refusal.NotFound"/> to actors of another tenant and to users whom a grant keeps from reading it, as for an absent one.
/// </remarks>
[Alias("platform.IScenarioGrain")]
public interface IScenarioGrain : IGrainWithStringKey
{
    /// <summary><see cref="Permissions.Edit"/>. Creates the scenario. A repeated call returns the existing one.</summary>
    [Alias("Create")]
    Task<Outcome<ScenarioView>> CreateAsync(Actor actor, ScenarioDraft draft, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Read"/>.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<ScenarioView>> GetAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Whether the actor holds <paramref name="needed"/> on it now.</summary>
    [Alias("Authorize"), AlwaysInterleave]
    Task<Outcome> AuthorizeAsync(Actor actor, Permissions needed, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Edit"/>. Refusals: <see cref="Refusal.PreconditionRequired"/>, <see cref="Refusal.PreconditionFailed"/>, <see cref="Refusal.InvalidRequest"/>.</summary>
    [Alias("Change")]
    Task<Outcome<ScenarioView>> ChangeAsync(Actor actor, ScenarioDraft draft, VersionMatch? match, CancellationToken cancellationToken);

    /// <inheritdoc cref="ChangeAsync"/>
    [Alias("Delete")]
    Task<Outcome> DeleteAsync(Actor actor, VersionMatch? match, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Collaborate"/>. Sets the status; does nothing if the scenario has it already.</summary>
    [Alias("SetStatus")]
    Task<Outcome<ScenarioView>> SetStatusAsync(Actor actor, ScenarioStatus status, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.ManageUsers"/>; null removes the grant. Nobody gives or removes a level that they do not hold on this scenario.
    /// <see cref="Refusal.NotFound"/> if the tenant has no such user, or there is no grant to remove.
    /// </summary>
    [Alias("SetGrant")]
    Task<Outcome> SetGrantAsync(Actor actor, UserId user, Permissions? level, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.ManageUsers"/>; by user id.</summary>
    [Alias("ListGrants"), AlwaysInterleave]
    Task<Outcome<Page<ScenarioGrant>>> ListGrantsAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Read"/>; newest first, the last hundred changes, at most 4 MiB of them. A page may hold fewer than asked for when they are large.</summary>
    [Alias("ListHistory"), AlwaysInterleave]
    Task<Outcome<Page<ScenarioHistoryEntry>>> ListHistoryAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Collaborate"/>. For the id of an existing comment it returns that comment.</summary>
    [Alias("Comment")]
    Task<Outcome<ScenarioComment>> CommentAsync(Actor actor, CommentId id, string text, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Read"/>; newest first.</summary>
    [Alias("ListComments"), AlwaysInterleave]
    Task<Outcome<Page<ScenarioComment>>> ListCommentsAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);
}
