using System.Collections.Immutable;
using Platform.Scenarios;

namespace Platform.Listing;

/// <summary>Plain tables of scenarios, written through by their grains: lists, grants (which decide who sees what in them), history and comments.</summary>
public interface IScenarioTable
{
    /// <summary>Insert or overwrite by id. <paramref name="grants"/>: null leaves them as they are, otherwise they become exactly these.</summary>
    Task SaveAsync(ScenarioListing scenario, ImmutableArray<ScenarioGrant>? grants, CancellationToken cancellationToken);

    /// <summary>With everything that belongs to it.</summary>
    Task RemoveAsync(ScenarioId scenario, CancellationToken cancellationToken);

    /// <summary>
    /// Newest first, before the id <see cref="PageRequest.After"/>: those that the user may read, by a grant or, with <paramref name="readsAll"/>, where no grant says otherwise.
    /// What is hidden is left out by the database, so that a page is full unless it is the last.
    /// </summary>
    Task<Page<ScenarioListing>> ListAsync(TenantId tenant, UserId user, bool readsAll, PageRequest page, CancellationToken cancellationToken);

    Task<bool> HasReadingGrantAsync(TenantId tenant, UserId user, CancellationToken cancellationToken);

    /// <summary>Scenarios on which the user has a grant.</summary>
    Task<IReadOnlyList<ScenarioId>> ListGrantedAsync(UserId user, CancellationToken cancellationToken);

    Task RemoveGrantsAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Written before the change that it tells of: an entry above the scenario's version never happened, and the next change of that version overwrites it.</summary>
    Task AddHistoryAsync(ScenarioId scenario, ScenarioHistoryEntry entry, int keep, CancellationToken cancellationToken);

    /// <summary>Newest first, from <paramref name="latest"/> down, before the version <see cref="PageRequest.After"/>; together at most some <paramref name="maxSize"/> characters, one entry at least.</summary>
    Task<Page<ScenarioHistoryEntry>> ListHistoryAsync(ScenarioId scenario, int latest, int maxSize, PageRequest page, CancellationToken cancellationToken);

    /// <returns>What stands under the id: it may have been added before.</returns>
    Task<ScenarioComment> AddCommentAsync(ScenarioId scenario, ScenarioComment comment, CancellationToken cancellationToken);

    /// <summary>Newest first, before the id <see cref="PageRequest.After"/>.</summary>
    Task<Page<ScenarioComment>> ListCommentsAsync(ScenarioId scenario, PageRequest page, CancellationToken cancellationToken);
}
