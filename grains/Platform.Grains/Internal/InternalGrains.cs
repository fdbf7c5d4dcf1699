using Platform.Security;

namespace Platform.Internal;

/// <summary>Keys of grain interfaces that hosts cannot reach and more than one domain calls. One that only its own domain calls has its key beside it.</summary>
internal static class InternalGrains
{
    public static IUserGrainInternal UserInternal(this IGrainFactory grains, UserId id) => grains.GetGrain<IUserGrainInternal>(id.ToString());

    public static ITenantGrainInternal TenantInternal(this IGrainFactory grains, TenantId id) => grains.GetGrain<ITenantGrainInternal>(id.ToString());

    public static IApiKeySponsorsGrain ApiKeySponsors(this IGrainFactory grains, TenantId id) => grains.GetGrain<IApiKeySponsorsGrain>(id.ToString());

    public static IApiKeysGrainInternal ApiKeysInternal(this IGrainFactory grains, TenantId id) => grains.GetGrain<IApiKeysGrainInternal>(id.ToString());

    public static ITenantSnippetsGrain TenantSnippets(this IGrainFactory grains, TenantId id) => grains.GetGrain<ITenantSnippetsGrain>(id.ToString());

    public static ISnippetGrainInternal SnippetInternal(this IGrainFactory grains, SnippetId id) => grains.GetGrain<ISnippetGrainInternal>(id.ToString());

    public static IScenarioGrainInternal ScenarioInternal(this IGrainFactory grains, ScenarioId id) => grains.GetGrain<IScenarioGrainInternal>(id.ToString());

    /// <param name="grains">The factory.</param>
    /// <param name="tenant">Names are unique within it.</param>
    /// <param name="blindIndex">From <see cref="UsernameBlindIndex.Of"/>.</param>
    public static IUserNameGrain UserName(this IGrainFactory grains, TenantId tenant, string blindIndex) =>
        grains.GetGrain<IUserNameGrain>($"unm_{tenant}/{blindIndex}");
}
