namespace Platform.KeyRotation;

/// <summary>Key: <c>mkrot_&lt;environment&gt;</c>. Takes the rotation of the master key one step further at a time. There is one for all silos.</summary>
[Alias("platform.IMasterKeyRotationGrain")]
internal interface IMasterKeyRotationGrain : IGrainWithStringKey
{
    /// <returns>Whether there is more to do at once; false: nothing is under way, or it has to wait.</returns>
    [Alias("Continue")]
    Task<bool> ContinueAsync(CancellationToken cancellationToken);
}

internal static class RotationGrains
{
    public static IMasterKeyRotationGrain MasterKeyRotation(this IGrainFactory grains, string environment) => grains.GetGrain<IMasterKeyRotationGrain>("mkrot_" + environment);
}
