using Platform.Scenarios;
using Platform.Security;
using Platform.Snippets;
using Platform.Support;
using Platform.Tenants;
using Platform.Users;

namespace Platform;

/// <summary>Keys of grain interfaces that hosts cannot reach: between grains only.</summary>
internal static class InternalGrains
{
    public static IUserAccountGrain Account(this IGrainFactory grains, UserId id) => grains.GetGrain<IUserAccountGrain>(id.ToString());

    public static ITenantAccountGrain TenantAccount(this IGrainFactory grains, TenantId id) => grains.GetGrain<ITenantAccountGrain>(id.ToString());

    public static ITenantSnippetsGrain TenantSnippets(this IGrainFactory grains, TenantId id) => grains.GetGrain<ITenantSnippetsGrain>(id.ToString());

    public static ISnippetAccountGrain SnippetAccount(this IGrainFactory grains, SnippetId id) => grains.GetGrain<ISnippetAccountGrain>(id.ToString());

    public static ISnippetProofGrain SnippetProof(this IGrainFactory grains, SnippetId id) => grains.GetGrain<ISnippetProofGrain>(id.ToString());

    /// <param name="grains">The factory.</param>
    /// <param name="snippet">Whose script it is.</param>
    /// <param name="script">SHA-256 in lower-case hex.</param>
    public static ISnippetScriptGrain SnippetScript(this IGrainFactory grains, SnippetId snippet, string script) =>
        grains.GetGrain<ISnippetScriptGrain>($"sns_{snippet}/{script}");

    public static IScenarioAccountGrain ScenarioAccount(this IGrainFactory grains, ScenarioId id) => grains.GetGrain<IScenarioAccountGrain>(id.ToString());

    public static ISupportExpiryGrain SupportExpiry(this IGrainFactory grains, TenantId id) => grains.GetGrain<ISupportExpiryGrain>(id.ToString());

    /// <param name="grains">The factory.</param>
    /// <param name="tenant">Names are unique within it.</param>
    /// <param name="nameIndex">From <see cref="UsernameBlindIndex.Of"/>.</param>
    public static IUserNameGrain UserName(this IGrainFactory grains, TenantId tenant, string nameIndex) =>
        grains.GetGrain<IUserNameGrain>($"unm_{tenant}/{nameIndex}");
}
