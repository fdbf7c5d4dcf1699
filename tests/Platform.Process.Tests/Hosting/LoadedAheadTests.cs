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
        (await platform.TrySignInAsync("platform", "operator", "wrong")).Expect(HttpStatusCode.Unauthorized);
        (await platform.SendAsync(HttpMethod.Post, "/v1/sign-in", null, "no object")).Status.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity);
        var user = (await platform.SendAsync(HttpMethod.Get, "/v1/me", token)).Expect(HttpStatusCode.OK).Json.GetProperty("id").GetString();
        (await platform.SendAsync(HttpMethod.Post, "/v1/me/totp", token)).Expect(HttpStatusCode.OK);
        (await platform.SendAsync(HttpMethod.Post, $"/v1/tenants/platform/users/{user}/export", token)).Expect(HttpStatusCode.OK);
        foreach (var path in (string[])["/v1/session", "/v1/operator/tenants", "/v1/tenants/platform/users", "/v1/tenants/platform/audit-events", "/docs", "/openapi/v1.json", "/readyz"])
        {
            (await platform.SendAsync(HttpMethod.Get, path, token)).Expect(HttpStatusCode.OK);
        }

        (await platform.SendAsync(HttpMethod.Get, "/nowhere", token)).Expect(HttpStatusCode.NotFound);
        (await platform.SignOutAsync(token)).Expect(HttpStatusCode.NoContent);

        platform.LoadedLibraries().Except(before).ShouldBeEmpty();
    }
}
