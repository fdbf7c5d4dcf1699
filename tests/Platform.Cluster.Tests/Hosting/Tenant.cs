using System.Net;
using System.Security.Cryptography;

namespace Platform.Cluster.Tests.Hosting;

/// <summary>A tenant whose owner is signed in.</summary>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Id">Its id.</param>
/// <param name="Owner">Session of the user <c>owner</c>.</param>
internal sealed record Tenant(string Slug, string Id, SignedIn Owner)
{
    public static async Task<Tenant> CreateAsync(Cluster cluster, string edition = "standard", object? features = null)
    {
        var platform = cluster.Any;
        var slug = $"t{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        var operatorSession = await cluster.SignInOperatorAsync();
        await platform.CreateTenantAsync(operatorSession.Token, slug, edition);
        if (features is not null) (await platform.SendAsync("PATCH", $"/v1/operator/tenants/{slug}", new { features }, operatorSession.Token)).ShouldBe(HttpStatusCode.OK);
        var owner = await cluster.Any.SignInAsync(slug, "owner");
        var me = (await platform.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.OK).Json;
        return new Tenant(slug, me.GetProperty("tenantId").GetString()!, owner);
    }

    /// <returns>The user's id.</returns>
    public async Task<string> AddUserAsync(PlatformProcess platform, string username, string role = "viewer") =>
        (await platform.CreateUserAsync(Owner.Token, Slug, username, role)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;

    public string PathOf(string rest) => $"/v1/tenants/{Slug}{rest}";
}
