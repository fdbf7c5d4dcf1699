using Platform.Tenants;
using Orleans.Concurrency;

namespace Platform.Internal;

/// <summary>
/// Key: <c>usg_&lt;tenant&gt;</c>. How much a tenant has of what its edition bounds (<see cref="TenantQuotas"/>). Counted from the tables when it comes into memory; all that is made passes here, so that any
/// number of calls at once cannot pass the bound together.
/// </summary>
[Alias("platform.ITenantUsageGrain")]
internal interface ITenantUsageGrain : IGrainWithStringKey
{
    /// <summary>A place for one more, which must be settled; false: there is none.</summary>
    [Alias("Take")]
    Task<bool> TakeAsync(TenantObject kind, CancellationToken cancellationToken);

    /// <summary>What became of a place that was taken.</summary>
    [Alias("Settle")]
    Task SettleAsync(TenantObject kind, bool made, CancellationToken cancellationToken);

    /// <summary>One is gone. Nobody waits for it: where it is lost, the next count puts it right.</summary>
    [Alias("GiveBack"), OneWay]
    Task GiveBackAsync(TenantObject kind);
}

internal static class TenantUsageGrains
{
    private const string Prefix = "usg_";

    public static ITenantUsageGrain TenantUsage(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<ITenantUsageGrain>(Prefix + tenant);

    public static TenantId TenantOf(string key) => PrefixedId.Parse<TenantId>(key[Prefix.Length..]);

    /// <summary>Makes one more where there is a place for it.</summary>
    /// <param name="usage">Of the tenant.</param>
    /// <param name="kind">What is made.</param>
    /// <param name="make">Succeeds where it has made one; after an exception it counts as made, until the next count.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public static async Task<Outcome<T>> MakeAsync<T>(this ITenantUsageGrain usage, TenantObject kind, Func<Task<Outcome<T>>> make, CancellationToken cancellationToken) where T : class
    {
        if (!await usage.TakeAsync(kind, cancellationToken)) return Refusal.QuotaExceeded;
        return await usage.UseAsync(kind, make, outcome => outcome.Value is not null);
    }

    /// <summary>Makes one for a place that was taken, and settles the place.</summary>
    /// <param name="usage">Of the tenant.</param>
    /// <param name="kind">What is made.</param>
    /// <param name="make">After an exception it counts as made, until the next count.</param>
    /// <param name="isMade">Whether it has made one.</param>
    public static async Task<T> UseAsync<T>(this ITenantUsageGrain usage, TenantObject kind, Func<Task<T>> make, Func<T, bool> isMade)
    {
        var made = true;
        try
        {
            var outcome = await make();
            made = isMade(outcome);
            return outcome;
        }
        finally
        {
            await usage.SettleAsync(kind, made, CancellationToken.None);
        }
    }
}
