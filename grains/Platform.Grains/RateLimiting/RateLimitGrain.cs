using System.Collections.Immutable;

namespace Platform.RateLimiting;

/// <summary>Holds <see cref="SharedBudgets"/>.</summary>
internal sealed class RateLimitGrain(TimeProvider time) : Grain, IRateLimitGrain
{
    /// <summary>Some 20 MB. A host has as many of its own (<c>Platform:RateLimits:MaxAddresses</c>), and tells of those alone that call often.</summary>
    private const int Capacity = 100_000;

    private readonly SharedBudgets _budgets = new(Capacity);
    private readonly long _begin = time.GetTimestamp();

    public Task<ImmutableArray<TimeSpan>> DrawAsync(BudgetDraws draws, CancellationToken cancellationToken)
    {
        var now = time.GetElapsedTime(_begin);
        return Task.FromResult(draws.Draws.Select(draw => _budgets.Draw(draw, draws.PerCall, now)).ToImmutableArray());
    }
}
