using System.Collections.Immutable;
using Platform.RateLimiting;

namespace Platform.Api.RateLimiting;

/// <summary>A limit whose budgets hosts share.</summary>
internal interface ISharedRateLimit
{
    /// <summary>Tells what was drawn here and takes over what was drawn elsewhere. What could not be told is told with the next.</summary>
    Task ExchangeAsync(CancellationToken cancellationToken);
}

/// <inheritdoc cref="ISharedRateLimit"/>
internal sealed class SharedRateLimit<TKey>(RateLimiter<TKey> limiter, IRateLimitGrain grain) : ISharedRateLimit where TKey : struct, IEquatable<TKey>
{
    private const int MaxDraws = 1_000;

    public async Task ExchangeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var drawn = new List<(TKey Key, int Calls)>();
            while (drawn.Count < MaxDraws && limiter.TryTakeDrawn(out var key, out var calls)) drawn.Add((key, calls));
            if (drawn.Count == 0) return;
            try
            {
                var draws = new BudgetDraws { PerCall = limiter.PerCall, Draws = [.. drawn.Select(draw => new BudgetDraw($"{draw.Key}", draw.Calls))] };
                var untilWhole = await grain.DrawAsync(draws, cancellationToken);
                foreach (var ((key, _), until) in drawn.Zip(untilWhole)) limiter.Merge(key, until);
            }
            catch (Exception)
            {
                foreach (var (key, calls) in drawn) limiter.ReturnDrawn(key, calls);
                throw;
            }
        }
    }
}
