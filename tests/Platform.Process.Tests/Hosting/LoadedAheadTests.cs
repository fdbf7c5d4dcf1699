using System.Net;

namespace Platform.Process.Tests.Hosting;

/// <summary>What requests need is in memory before the platform listens.</summary>
public sealed class LoadedAheadTests(ITestOutputHelper output) : ProcessTest(output)
{
    [Fact]
    [Trait("Threat", "T67")]
    public async Task Requests_OfManyKinds_LoadNoAssemblyOrLibraryAnyMore()
    {
        // On data that is there: a first start hashes a password by itself.
        var first = await StartAsync();
        (await first.StopAsync()).ShouldBe(0);
        var platform = await RestartAsync(first);
        var before = platform.LoadedLibraries();

        var token = (await platform.SignInAsync()).Token;
        await platform.CreateTenantAsync(token, "globex");
        (await platform.TrySignInAsync("platform", "operator", "wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await platform.SendAsync("POST", "/v1/sign-in", "\"no object\"")).Status.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity);
        var user = (await platform.SendAsync("GET", "/v1/me", token: token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("id").GetString();
        (await platform.SendAsync("POST", "/v1/me/totp", token: token)).ShouldBe(HttpStatusCode.OK);
        (await platform.SendAsync("POST", $"/v1/tenants/platform/users/{user}/export", token: token)).ShouldBe(HttpStatusCode.OK);
        foreach (var path in (string[])["/v1/session", "/v1/operator/tenants", "/v1/tenants/platform/users", "/v1/tenants/platform/audit-events", "/docs", "/openapi/v1.json", "/readyz"])
        {
            (await platform.SendAsync("GET", path, token: token)).ShouldBe(HttpStatusCode.OK);
        }

        (await platform.SendAsync("GET", "/nowhere", token: token)).ShouldBe(HttpStatusCode.NotFound);
        (await platform.SignOutAsync(token)).ShouldBe(HttpStatusCode.NoContent);

        platform.LoadedLibraries().Except(before).ShouldBeEmpty();
    }
}
