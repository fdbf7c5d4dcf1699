using Orleans.Concurrency;

namespace Platform.Internal;

/// <summary>Key: <c>unm_&lt;tenant&gt;/&lt;name index&gt;</c>. Makes a name unique in its tenant and finds its user.</summary>
[Alias("platform.IUserNameGrain")]
internal interface IUserNameGrain : IGrainWithStringKey
{
    [Alias("Find"), AlwaysInterleave]
    Task<UserId?> FindAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="Tenants.ITenantNameGrain.ClaimAsync"/>
    [Alias("Claim")]
    Task<bool> ClaimAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Gives the name back if it is <paramref name="user"/>'s.</summary>
    [Alias("Release")]
    Task ReleaseAsync(UserId user, CancellationToken cancellationToken);
}
