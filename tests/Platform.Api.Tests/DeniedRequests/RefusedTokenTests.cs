using Platform.Api.Tests.Audit;
using Platform.Api.Tests.ForwardedHeaders;
using Platform.Sessions;

namespace Platform.Api.Tests.DeniedRequests;

/// <summary>A genuine token that is refused is in the log of its tenant: once, with the reason that the caller is not told.</summary>
public sealed class RefusedTokenTests
{
    private static readonly (string, string)[] Thief = [("User-Agent", "Thief/1")];

    [Fact]
    public async Task RefusedToken_OfEveryReason_IsLoggedOnceWithTheCaller()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var ended = new Dictionary<string, SignedIn>();

        ended["signed_out"] = await host.SignInAsync(bob);
        (await host.SignOutAsync(ended["signed_out"].Token)).ShouldBe(HttpStatusCode.NoContent);
        ended["revoked"] = await host.SignInAsync(bob);
        (await host.SendAsync("DELETE", $"/v1/me/sessions/{ended["revoked"].Id}", token: bob.Token)).ShouldBe(HttpStatusCode.NoContent);
        ended["password_changed"] = await host.SignInAsync(bob);
        ended["token_replaced"] = await host.SignInAsync(bob);
        (await host.SendAsync("POST", "/v1/me/password", new { currentPassword = bob.Password, newPassword = "Other-Harbour-72" }, ended["token_replaced"].Token)).ShouldBe(HttpStatusCode.NoContent);
        ended["user_disabled"] = await host.SignInAsync(owner.Slug, "bob", "Other-Harbour-72");
        await PatchAsync("disabled");
        await PatchAsync("active");
        await RefuseAsync();
        ended.Clear();

        ended["tenant_revoked"] = await host.SignInAsync(owner.Slug, "bob", "Other-Harbour-72");
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/sessions", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        owner = owner with { Token = (await host.SignInAsync(owner)).Token };
        await RefuseAsync();
        ended.Clear();

        // Over, and not swept yet; and swept, when the session's own state is gone.
        ended["idle"] = await host.SignInAsync(owner.Slug, "bob", "Other-Harbour-72");
        host.Time.Advance(TimeSpan.FromMinutes(31));
        owner = owner with { Token = (await host.SignInAsync(owner)).Token };
        await RefuseAsync();
        ended["idle"] = await host.SignInAsync(owner.Slug, "bob", "Other-Harbour-72");
        host.Time.Advance(TimeSpan.FromMinutes(31));
        owner = owner with { Token = (await host.SignInAsync(owner)).Token };
        await host.Service<SessionSweeper>().SweepAsync(default);
        await RefuseAsync();

        Task PatchAsync(string status) => host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{bob.Id}", new { status }, owner.Token);

        async Task RefuseAsync()
        {
            foreach (var (_, session) in ended)
            {
                foreach (var (method, path) in new[] { ("POST", "/v1/session/validate"), ("GET", "/v1/session"), ("POST", "/v1/session/touch"), ("GET", $"/v1/tenants/{owner.Slug}/users") })
                {
                    for (var i = 0; i < 2; i++) (await host.SendAsync(method, path, token: session.Token, headers: Thief)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
                }

                // The caches that spare the grain have long forgotten it.
                host.Time.Advance(TimeSpan.FromMinutes(3));
                (await host.SendAsync("GET", "/v1/session", token: session.Token, headers: Thief)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            }

            var told = await host.RefusalsAsync(owner);
            foreach (var (reason, session) in ended)
            {
                var entry = told.Where(e => e.GetProperty("sessionId").GetString() == session.Id).ShouldHaveSingleItem(reason);
                entry.Reason().ShouldBe(reason);
                entry.Target().ShouldBe(bob.Id);
                entry.GetProperty("outcome").GetString().ShouldBe("failure");
                entry.GetProperty("actor").GetProperty("type").GetString().ShouldBe("anonymous");
                entry.GetProperty("ip").GetString().ShouldBe("127.0.0.1");
                entry.GetProperty("userAgent").GetString().ShouldBe("Thief/1");
                entry.GetProperty("traceId").GetString()!.ShouldMatch("^[0-9a-f]{32}$");
            }
        }
    }

    [Fact, Trait("Threat", "T64")]
    public async Task RefusedAddress_OfALiveSession_IsLoggedOnceAndEndsNothing()
    {
        const string Office = "198.51.100.7", Elsewhere = "203.0.113.9";
        await using var host = await new ProxiedHost().StartedAsync();
        var owner = await host.NewTenantAsync("enterprise");
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { ipRules = true } })).ShouldBe(HttpStatusCode.OK);
        object[] rules = [new { cidr = Office, action = "allow", appliesTo = "all" }, new { cidr = "127.0.0.1", action = "allow", appliesTo = "all" }];
        (await host.SendFromAsync(Office, "PUT", $"/v1/tenants/{owner.Slug}/ip-rules", new { rules }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 5; i++) (await host.SendFromAsync(Elsewhere, "POST", "/v1/session/validate", token: owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);

        (await host.SendFromAsync(Office, "POST", "/v1/session/validate", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        var entry = (await host.RefusalsAsync(owner)).ShouldHaveSingleItem();
        (entry.Reason(), entry.GetProperty("ip").GetString()).ShouldBe(("ip_not_allowed", Elsewhere));
    }

    [Fact, Trait("Threat", "T34")]
    public async Task Flood_OfOneDeadToken_IsOneEntry_AndOfMadeUpOnesNone()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var dead = await host.SignInAsync(owner);
        (await host.SignOutAsync(dead.Token)).ShouldBe(HttpStatusCode.NoContent);
        var forged = dead.Token[..^1] + (dead.Token[^1] == 'A' ? 'B' : 'A');
        await Parallel.ForAsync(0, 400, async (i, _) => (await host.ValidateAsync(i % 2 == 0 ? dead.Token : forged)).ShouldBe(HttpStatusCode.Unauthorized));
        (await host.RefusalsAsync(owner)).ShouldHaveSingleItem().Reason().ShouldBe("signed_out");
    }

    [Fact]
    public async Task Introspection_OfADeadToken_LogsNoRefusal()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var key = (await host.NewKeyAsync(owner, "introspect")).Text;
        var dead = await host.SignInAsync(owner);
        (await host.SignOutAsync(dead.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.IntrospectAsync(key, dead.Token)).Text.ShouldBe("{\"active\":false}");
        (await host.IntrospectAsync(key, [dead.Token, dead.Token])).ShouldBe(HttpStatusCode.OK);
        (await host.RefusalsAsync(owner)).ShouldBeEmpty();

        // The back end's question does not hide what its holder tries afterwards.
        (await host.ValidateAsync(dead.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.RefusalsAsync(owner)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Restart_MakesOneMoreEntryAtMost()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var dead = await host.SignInAsync(owner);
        (await host.SignOutAsync(dead.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.ValidateAsync(dead.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        await host.RestartAsync();
        for (var i = 0; i < 3; i++) (await host.ValidateAsync(dead.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.RefusalsAsync(owner)).Select(e => e.Reason()).ShouldBe(["signed_out", "signed_out"]);
    }

    /// <summary>Nobody gets in, and nobody is answered 503, because a refusal cannot be told.</summary>
    [Fact, Trait("Threat", "T74")]
    public async Task LogCannotBeWritten_TheRefusalStandsAndIsLoggedLater()
    {
        await using var host = await new FailingAuditHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var dead = await host.SignInAsync(owner);
        (await host.SignOutAsync(dead.Token)).ShouldBe(HttpStatusCode.NoContent);
        host.Database.FailBefore = FaultyDatabase.AuditWrite;
        await RefuseAsync();
        (await host.RefusalsAsync(owner)).ShouldBeEmpty();
        host.Logs.Text.ShouldContain("could not be written to the access log");

        host.Database.FailBefore = null;
        await RefuseAsync();
        (await host.RefusalsAsync(owner)).Select(e => e.Reason()).ShouldBe(["signed_out", "forbidden"]);

        async Task RefuseAsync()
        {
            (await host.ValidateAsync(dead.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/roles", token: viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }
    }
}
