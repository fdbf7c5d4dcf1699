using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Sessions;

/// <summary>What is taken away on one node is gone on all of them once that is answered (threat T40): where hosts judge more than the session. The rest is in Platform.Silos.Tests.</summary>
public sealed class LateEffectTests(CalmCluster calm, ITestOutputHelper output) : CalmTest(calm, output)
{
    private const int Rounds = 3;

    [Fact, Trait("Threat", "T40")]
    public async Task RevokeAllSessions_OnOneNode_HoldsOnAll()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        await tenant.AddUserAsync(Cluster.Any, "bob");
        await RaceAsync(async (race, node) =>
        {
            var (owner, bob) = (await node.SignInAsync(tenant.Slug, "owner"), await Cluster.Any.SignInAsync(tenant.Slug, "bob"));
            await race.RunAsync(Cluster, Validate(bob), IsEnded, () => DoneAsync(node, "DELETE", tenant.PathOf("/sessions"), owner, HttpStatusCode.Accepted));
        });
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Tenant_SuspendedOnOneNode_IsOutOnAll()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        var acting = await Cluster.SignInOperatorAsync();
        var (_, key) = await NewKeyAsync(tenant);
        await RaceAsync(async (race, node) =>
        {
            var owner = await Cluster.Any.SignInAsync(tenant.Slug, "owner");
            await race.RunAsync(Cluster, Validate(owner), IsEnded, () => SetAsync(node, "suspended"));
            await SetAsync(node, "active");
            await race.RunAsync(Cluster, LookAt(tenant, key), IsUnauthorized, () => SetAsync(node, "suspended"));
            await SetAsync(node, "active");
        });

        Task SetAsync(PlatformProcess node, string status) => DoneAsync(node, "PATCH", $"/v1/operator/tenants/{tenant.Slug}", acting, HttpStatusCode.OK, new { status });
    }

    [Fact, Trait("Threat", "T40"), Trait("Threat", "T64")]
    public async Task IpRule_SetOnOneNode_HoldsOnAll()
    {
        var tenant = await Tenant.CreateAsync(Cluster, "enterprise", new { ipRules = true });
        var id = await tenant.AddUserAsync(Cluster.Any, "bob");
        var bob = await Cluster.Any.SignInAsync(tenant.Slug, "bob");
        await RaceAsync(async (race, node) =>
        {
            await race.RunAsync(Cluster, Validate(bob), IsEnded, () => SetAsync(node, new { cidr = "127.0.0.0/8", action = "deny", appliesTo = $"user:{id}" }));
            await SetAsync(node);
        });

        Task SetAsync(PlatformProcess node, params object[] rules) => DoneAsync(node, "PUT", tenant.PathOf("/ip-rules"), tenant.Owner, HttpStatusCode.OK, new { rules });
    }

    [Fact, Trait("Threat", "T40"), Trait("Threat", "T19")]
    public async Task SecondFactor_RequiredOnOneNode_HoldsOnAll()
    {
        var tenant = await Tenant.CreateAsync(Cluster, features: new { twoFactor = true });
        await tenant.AddUserAsync(Cluster.Any, "bob");
        var bob = await Cluster.Any.SignInAsync(tenant.Slug, "bob");
        var totp = (await Cluster.Any.SendAsync("POST", "/v1/me/totp", token: tenant.Owner.Token)).ShouldBe(HttpStatusCode.OK).Json;
        var code = new Authenticator(totp.GetProperty("otpauthUri").GetString()!).CodeAt(TimeProvider.System.GetUtcNow());
        await DoneAsync(Cluster.Any, "POST", "/v1/me/totp/confirm", tenant.Owner, HttpStatusCode.OK, new { code });
        await RaceAsync(async (race, node) =>
        {
            await race.RunAsync(Cluster, Validate(bob), IsEnded, () => RequireAsync(node, true));
            await RequireAsync(node, false);
        });

        Task RequireAsync(PlatformProcess node, bool requireSecondFactor) =>
            DoneAsync(node, "PATCH", tenant.PathOf(""), tenant.Owner, HttpStatusCode.OK, new { requireSecondFactor });
    }

    [Fact, Trait("Threat", "T40")]
    public async Task ApiKey_DeletedOnOneNode_IsRefusedOnAll()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        await RaceAsync(async (race, node) =>
        {
            var (id, key) = await NewKeyAsync(tenant);
            await race.RunAsync(Cluster, LookAt(tenant, key), IsUnauthorized, () => DoneAsync(node, "DELETE", tenant.PathOf($"/api-keys/{id}"), tenant.Owner, HttpStatusCode.NoContent));
        });
    }

    private static bool IsEnded(Answer answer) => answer.IsRefused;

    private static bool IsUnauthorized(Answer answer) => answer.Status == HttpStatusCode.Unauthorized;

    private static Func<PlatformProcess, Task<Answer>> Validate(SignedIn session) => node => node.ValidateAsync(session.Token);

    /// <summary>Needs the right to read.</summary>
    private static Func<PlatformProcess, Task<Answer>> LookAt(Tenant tenant, string token) => node => node.SendAsync("GET", tenant.PathOf(""), token: token);

    private static async Task DoneAsync(PlatformProcess node, string method, string path, SignedIn acting, HttpStatusCode expected, object? body = null) =>
        (await node.SendAsync(method, path, body, acting.Token)).ShouldBe(expected);

    private async Task<(string Id, string Text)> NewKeyAsync(Tenant tenant)
    {
        var made = (await Cluster.Any.SendAsync("POST", tenant.PathOf("/api-keys"), new { name = "Shop", scopes = new[] { "read" } }, tenant.Owner.Token)).ShouldBe(HttpStatusCode.Created).Json;
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    /// <summary>The change comes from another node each time.</summary>
    private async Task RaceAsync(Func<Race, PlatformProcess, Task> round)
    {
        var race = new Race();
        for (var i = 0; i < Rounds; i++) await round(race, Cluster[i].Platform);
        Output.WriteLine($"{race}");
        race.Stale.ShouldBe(0);
    }
}
