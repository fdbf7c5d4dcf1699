using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Platform.RateLimiting;

/// <summary>
/// Key: <c>rlm_&lt;limit&gt;</c>. The budgets of one rate limit, on which all hosts draw (threat T70). A host lets calls through by what it knows, tells of them right after, and learns what the others have let
/// through. In memory: after a restart of its silo it knows what the hosts tell from then on, and each of them still knows its own.
/// </summary>
[Alias("platform.IRateLimitGrain")]
public interface IRateLimitGrain : IGrainWithStringKey
{
    /// <returns>In the order of the draws: how long until each budget is whole again, by what all hosts have told.</returns>
    [Alias("Draw"), AlwaysInterleave]
    Task<ImmutableArray<TimeSpan>> DrawAsync(BudgetDraws draws, CancellationToken cancellationToken);
}
