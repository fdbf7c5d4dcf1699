using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Cluster.Tests.Apart;

/// <summary>Pages of a tenant through API hosts that hold no tenants and no sessions (decision 84).</summary>
public sealed class PageTests(CalmApartCluster calm) : IClassFixture<CalmApartCluster>
{
    private const string Origin = "https://a.test";
    private const string Cookie = "__Host-psid";

    private ApartCluster Cluster => calm.Cluster;

    [Fact, Trait("Row", "SEGREGATION"), Trait("Threat", "T55")]
    public async Task Page_OverApiHostsWithoutASilo_SignsInPeeksTouchesAndSignsOut()
    {
        var (one, other) = (Cluster.Apis[0], Cluster.Apis[1]);
        var (snippet, _) = await NewSnippetAsync("pagesone");
        var signedIn = Allowed(await CallAsync(one, snippet, "POST", "/sign-in", body: new { username = "owner", password = ApiCalls.Password }), HttpStatusCode.OK);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2)[1];

        foreach (var api in Cluster.Apis)
        {
            Allowed(await CallAsync(api, snippet, "GET", "/session", cookie), HttpStatusCode.OK).Json.GetProperty("username").GetString().ShouldBe("owner");
            Allowed(await CallAsync(api, snippet, "POST", "/session/touch", cookie), HttpStatusCode.OK);
            Allowed(await CallAsync(api, snippet, "OPTIONS", "/session"), HttpStatusCode.NoContent);
            Allowed(await CallAsync(api, snippet, "GET", "/session"), HttpStatusCode.Unauthorized);
        }

        Allowed(await CallAsync(one, snippet, "POST", "/sign-out", cookie), HttpStatusCode.NoContent);
        foreach (var api in Cluster.Apis) Allowed(await CallAsync(api, snippet, "GET", "/session", cookie), HttpStatusCode.Unauthorized);
    }

    [Fact, Trait("Threat", "T54"), Trait("Threat", "T56")]
    public async Task Page_ElsewhereOrAfterItsDomainWasRemoved_IsRefusedByEveryApiHost()
    {
        var (snippet, owner) = await NewSnippetAsync("pagestwo");
        var signedIn = await CallAsync(Cluster.Apis[0], snippet, "POST", "/sign-in", body: new { username = "owner", password = ApiCalls.Password, transport = "token" });
        var token = signedIn.ShouldBe(HttpStatusCode.OK).Json.GetProperty("token").GetString()!;
        var absent = "snp_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

        foreach (var api in Cluster.Apis)
        {
            Refused(await CallAsync(api, snippet, "GET", "/session", token, "https://b.test"));
            Refused(await CallAsync(api, absent, "GET", "/session", token));
            (await api.PeekAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
            Allowed(await CallAsync(api, snippet, "GET", "/session", token), HttpStatusCode.OK);
        }

        (await Cluster.Apis[0].SendAsync("DELETE", $"/v1/tenants/pagestwo/snippets/{snippet}/domains/a.test", token: owner)).ShouldBe(HttpStatusCode.NoContent);

        // Hosts go by what the snippet's grain said up to five seconds ago; the silo that holds the session does not.
        foreach (var api in Cluster.Apis)
        {
            (await CallAsync(api, snippet, "GET", "/session", token)).Status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
            (await CallAsync(api, snippet, "POST", "/session/touch", token)).Status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
        }
    }

    [Fact, Trait("Threat", "T59")]
    public async Task Script_OfEveryApiHost_IsTheSameBytesWithTheSameMap()
    {
        var (snippet, owner) = await NewSnippetAsync("pagesthree");
        var integrity = (await Cluster.Apis[0].SendAsync("GET", $"/v1/tenants/pagesthree/snippets/{snippet}", token: owner)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("integrity").GetString()!;
        var hash = Convert.ToHexStringLower(Convert.FromBase64String(integrity["sha256-".Length..]));

        foreach (var api in Cluster.Apis)
        {
            foreach (var path in (string[])[$"/s/{snippet}.js", $"/s/{snippet}/{hash}.js"])
            {
                var script = (await api.SendAsync("GET", path)).ShouldBe(HttpStatusCode.OK);
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.Text))).ShouldBe(hash);
                var map = (await api.SendAsync("GET", script.Headers.GetValues("SourceMap").Single())).ShouldBe(HttpStatusCode.OK);
                map.Json.GetProperty("sources").GetArrayLength().ShouldBeGreaterThan(0);
                (await api.SendAsync("GET", path, headers: ("If-None-Match", script.Headers.ETag!.ToString()))).ShouldBe(HttpStatusCode.NotModified);
            }
        }
    }

    private static Answer Allowed(Answer answer, HttpStatusCode status)
    {
        answer.ShouldBe(status).Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Origin]);
        return answer;
    }

    private static void Refused(Answer answer) => answer.ShouldBe(HttpStatusCode.Forbidden).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();

    /// <param name="api">Which host.</param>
    /// <param name="snippet">Through which snippet.</param>
    /// <param name="method">GET, POST or OPTIONS.</param>
    /// <param name="call">After the snippet.</param>
    /// <param name="token">In the page's cookie.</param>
    /// <param name="origin">From where.</param>
    /// <param name="body">JSON.</param>
    private static Task<Answer> CallAsync(PlatformProcess api, string snippet, string method, string call, string? token = null, string origin = Origin, object? body = null)
    {
        (string, string)[] headers = token is null ? [("Origin", origin)] : [("Origin", origin), ("Cookie", $"{Cookie}={token}")];
        return api.SendAsync(method, $"/v1/snippets/{snippet}{call}", body: body, headers: headers);
    }

    /// <returns>The primary snippet of a new tenant, working on <see cref="Origin"/>, and its owner's token.</returns>
    private async Task<(string Snippet, string Owner)> NewSnippetAsync(string tenant)
    {
        var api = Cluster.Apis[0];
        await api.CreateTenantAsync((await Cluster.SignInAsync()).Token, tenant);
        var owner = (await Cluster.Apis[1].SignInAsync(tenant, "owner")).Token;
        var snippet = (await api.SendAsync("GET", $"/v1/tenants/{tenant}/snippets", token: owner)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        (await api.SendAsync("PUT", $"/v1/tenants/{tenant}/snippets/{snippet}/domains/a.test", token: owner)).ShouldBe(HttpStatusCode.OK);
        return (snippet, owner);
    }
}
