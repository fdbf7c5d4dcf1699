namespace Platform.Internal;

/// <summary>
/// A tenant's API keys as the users know them for whom they count (key: <see cref="TenantId"/>, decision 109). What a change takes away is told before it is written, what it gives after it: so no
/// key ever counts for more than its sponsor may do, whatever fails in between.
/// </summary>
[Alias("platform.IApiKeySponsorsGrain")]
internal interface IApiKeySponsorsGrain : IGrainWithStringKey
{
    /// <summary>From then on the user's keys count for no more than this, in every process. Until <see cref="SettleAsync"/> nothing is written.</summary>
    /// <param name="user">Whose rights are about to shrink.</param>
    /// <param name="kept">What is left of them; null: there will be no such user.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("Narrow")]
    Task NarrowAsync(UserId user, ManagerEligibility? kept, CancellationToken cancellationToken);

    /// <summary>What the user may do is on disk. Keys that go dormant by it, or count again, are in the access log when this returns, unless storage fails: then within a minute.</summary>
    /// <param name="user">Whose rights have changed.</param>
    /// <param name="now">What they are; null: there is no such user any more.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("Settle")]
    Task SettleAsync(UserId user, ManagerEligibility? now, CancellationToken cancellationToken);

    /// <summary>Roles of the tenant have changed, which holds for the keys already. Keys that go dormant by it, or count again, are in the access log when this returns, unless storage fails.</summary>
    [Alias("Review")]
    Task ReviewAsync(CancellationToken cancellationToken);

    /// <summary>The tenant is being deleted: its keys are over, and what storage holds of them goes, with nothing in any log. It may have been done before.</summary>
    [Alias("Drop")]
    Task DropAsync(CancellationToken cancellationToken);
}
