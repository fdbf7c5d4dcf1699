namespace Platform.Support;

/// <summary>The grain of a tenant's support grants as the sweeper sees it; hosts see <see cref="ISupportGrain"/>.</summary>
[Alias("platform.ISupportExpiryGrain")]
internal interface ISupportExpiryGrain : IGrainWithStringKey
{
    /// <summary>Ends those whose time is over, each with one entry in the access log, and mends the table.</summary>
    [Alias("Settle")]
    Task SettleAsync(CancellationToken cancellationToken);

    /// <summary>After a restore: ends all that are open, each with one entry in the access log.</summary>
    [Alias("EndAll")]
    Task EndAllAsync(CancellationToken cancellationToken);

    /// <summary>The tenant is being deleted: nobody reads under any grant any more, and what storage holds of them goes, with nothing in any log. It may have been done before.</summary>
    [Alias("Drop")]
    Task DropAsync(CancellationToken cancellationToken);
}

internal static class SupportGrains
{
    public static ISupportExpiryGrain SupportExpiry(this IGrainFactory grains, TenantId id) => grains.GetGrain<ISupportExpiryGrain>(id.ToString());
}
