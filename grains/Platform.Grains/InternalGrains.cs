using Platform.Scenarios;
using Platform.Security;
using Platform.Support;
using Platform.Tenants;
using Platform.Users;

namespace Platform;

/// <summary>Keys of grain interfaces that hosts cannot reach: between grains only.</summary>
internal static class InternalGrains
{
    public static IUserAccountGrain Account(this IGrainFactory grains, UserId id) => grains.GetGrain<IUserAccountGrain>(id.ToString());

    public static ITenantAccountGrain TenantAccount(this IGrainFactory grains, TenantId id) => grains.GetGrain<ITenantAccountGrain>(id.ToString());

    public static IScenarioAccountGrain ScenarioAccount(this IGrainFactory grains, ScenarioId id) => grains.GetGrain<IScenarioAccountGrain>(id.ToString());

    public static ISupportExpiryGrain SupportExpiry(this IGrainFactory grains, TenantId id) => grains.GetGrain<ISupportExpiryGrain>(id.ToString());

    /// <param name="grains">The factory.</param>
    /// <param name="tenant">Names are unique within it.</param>
    /// <param name="nameIndex">From <see cref="NameIndex.Of"/>.</param>
    public static IUserNameGrain UserName(this IGrainFactory grains, TenantId tenant, string nameIndex) =>
        grains.GetGrain<IUserNameGrain>($"unm_{tenant}/{nameIndex}");
}
