namespace Platform.Security;

/// <summary>The grain of the token keys as other grains of the silo see it; hosts see <see cref="IKeyRingGrain"/> and cannot reach this one.</summary>
[Alias("platform.IWrappedTokenKeysGrain")]
internal interface IWrappedTokenKeysGrain : IGrainWithStringKey
{
    /// <summary>Wraps by the current master key what another one wrapped, and makes a new token key beside. Done before: changes nothing.</summary>
    [Alias("Rewrap")]
    Task RewrapAsync(CancellationToken cancellationToken);
}

internal static class TokenKeyGrains
{
    public static IWrappedTokenKeysGrain WrappedTokenKeys(this IGrainFactory grains, string environment) => grains.GetGrain<IWrappedTokenKeysGrain>("keyring_" + environment);
}
