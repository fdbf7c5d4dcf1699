using System.Diagnostics.Metrics;

namespace Platform.Api.Tests.SignIn;

public sealed class SignInTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    [Trait("Threat", "T36")]
    public async Task SignIn_ByCookie_SetsExactlyTheContractsCookieAndNoToken()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("POST", "/v1/sign-in", new { tenant = owner.Slug, username = owner.Username, password = owner.Password });

        answer.ShouldBe(HttpStatusCode.OK);
        answer.String("status").ShouldBe("signed_in");
        answer.Json.TryGetProperty("token", out _).ShouldBeFalse();
        var cookie = answer.Header("Set-Cookie").ShouldNotBeNull();
        cookie.ShouldMatch("^__Host-sid=[A-Za-z0-9_-]{120}; Path=/; Secure; HttpOnly; SameSite=Lax$");
        answer.Header("Cache-Control").ShouldBe("no-store");
        (await host.SendAsync("GET", "/v1/session", cookie: cookie[11..131])).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SignIn_ByToken_AnswersTokenAndSetsNoCookie()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password);

        answer.ShouldBe(HttpStatusCode.OK);
        answer.Header("Set-Cookie").ShouldBeNull();
        (await host.PeekAsync(answer.String("token"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SignIn_WithTenantIdInsteadOfSlug_IsTheSame()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.TrySignInAsync(owner.TenantId, owner.Username, owner.Password);

        answer.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SignIn_Answer_DescribesTheSession()
    {
        var owner = await host.NewTenantAsync();

        var session = (await host.SignInAsync(owner)).Session;

        session.EnumerateObject().Select(member => member.Name).ShouldBe(
            ["id", "tenantId", "userId", "username", "permissions", "createdAt", "lastActivityAt", "idleExpiresAt", "absoluteExpiresAt", "authenticationMethods"]);
        session.GetProperty("id").GetString()!.ShouldMatch("^ses_[0-9a-f]{32}$");
        session.GetProperty("tenantId").GetString().ShouldBe(owner.TenantId);
        session.GetProperty("username").GetString().ShouldBe("owner");
        session.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()).ShouldBe(["manage-users", "collaborate", "edit", "read"]);
        session.GetProperty("authenticationMethods").EnumerateArray().Select(m => m.GetString()).ShouldBe(["pwd"]);
        session.GetProperty("createdAt").GetString()!.ShouldEndWith("Z");
        var created = session.GetProperty("createdAt").GetDateTimeOffset();
        session.GetProperty("idleExpiresAt").GetDateTimeOffset().ShouldBe(created + TimeSpan.FromMinutes(30));
        session.GetProperty("absoluteExpiresAt").GetDateTimeOffset().ShouldBe(created + TimeSpan.FromDays(1));
    }

    [Fact]
    [Trait("Threat", "T1")]
    public async Task SignIn_WhateverIsWrong_AnswersAlikeAndHashesOnce()
    {
        var owner = await host.NewTenantAsync();
        var disabled = await host.NewUserAsync(owner, "sleeper", "viewer");
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{disabled.Id}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (string Tenant, string Username, string Password)[] wrong =
        [
            ("nowhere", "owner", owner.Password), ("ten_00000000000000000000000000000000", "owner", owner.Password), ("NOT a slug", "owner", owner.Password),
            (owner.Slug, "nobody", owner.Password), (owner.Slug, "owner", "Wrong-Harbour-71"), (owner.Slug, "owner", ""), (owner.Slug, "", ""), ("", "", ""),
            (owner.Slug, "sleeper", disabled.Password),
        ];
        var shapes = new HashSet<string>();
        foreach (var (tenant, username, password) in wrong)
        {
            var hashes = 0L;
            using var listener = CountHashes(count => Interlocked.Add(ref hashes, count));

            var answer = await host.TrySignInAsync(tenant, username, password);

            answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
            Interlocked.Read(ref hashes).ShouldBe(1, $"{tenant}/{username}");
            shapes.Add(answer.Comparable);
        }

        shapes.Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T9")]
    public async Task SignIn_ByGet_IsRefusedAndThePasswordLoggedNowhere()
    {
        var answer = await host.SendAsync("GET", "/v1/sign-in?tenant=acme&username=a&password=Canary-In-Url-1");

        answer.ShouldBeProblem(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        answer.Header("Allow").ShouldBe("POST");
        host.Logs.Text.ShouldNotContain("Canary-In-Url-1");
    }

    [Fact]
    [Trait("Threat", "T10")]
    public async Task SignIn_PasswordOfMoreThan1024CodePoints_IsRefusedUnhashed()
    {
        var hashes = 0L;
        using var listener = CountHashes(count => Interlocked.Add(ref hashes, count));

        var answer = await host.TrySignInAsync("platform", "operator", new string('x', 60_000));

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/password", "too_long")]);
        Interlocked.Read(ref hashes).ShouldBe(0);
    }

    [Fact]
    [Trait("Threat", "T29")]
    public async Task SignIn_WithAPresetCookie_MakesANewSessionAndLeavesThePresetAlone()
    {
        var owner = await host.NewTenantAsync();
        var attacker = await host.NewUserAsync(owner, "mallory", "viewer");

        var answer = await host.SendAsync(
            "POST", "/v1/sign-in", new { tenant = owner.Slug, username = owner.Username, password = owner.Password }, cookie: attacker.Token);

        answer.ShouldBe(HttpStatusCode.OK);
        answer.Header("Set-Cookie")![11..131].ShouldNotBe(attacker.Token);
        (await host.PeekAsync(attacker.Token)).String("username").ShouldBe("mallory");
    }

    [Fact]
    [Trait("Threat", "T32")]
    public async Task SignIn_Again_GivesNewIdAndToken()
    {
        var owner = await host.NewTenantAsync();
        var first = await host.SignInAsync(owner);
        await host.SignOutAsync(first.Token);

        var second = await host.SignInAsync(owner);

        second.Id.ShouldNotBe(first.Id);
        second.Token.ShouldNotBe(first.Token);
        (await host.PeekAsync(first.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Theory]
    [InlineData("{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\",\"transport\":\"carrier-pigeon\"}", "/transport", "wrong_type")]
    [InlineData("{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\",\"transport\":1}", "/transport", "wrong_type")]
    [InlineData("{\"tenant\":\"a\",\"username\":\"b\"}", "/password", "missing")]
    [InlineData("{\"tenant\":\"a\",\"username\":\"b\",\"password\":null}", "/password", "missing")]
    [InlineData("{\"tenant\":\"a\",\"username\":\"b\",\"password\":[\"c\"]}", "/password", "wrong_type")]
    public async Task SignIn_WithAFaultyMember_NamesIt(string body, string pointer, string code)
    {
        var answer = await host.SendAsync("POST", "/v1/sign-in", body);

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, code)]);
    }

    [Fact]
    public async Task SignIn_WithAMemberInAnotherCase_GetsBothFaults() =>
        (await host.SendAsync("POST", "/v1/sign-in", new { tenant = "a", Username = "b", password = "c" }))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/Username", "unknown_member"), ("/username", "missing")]);

    private MeterListener CountHashes(Action<long> count)
    {
        var meters = host.Service<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "platform.password.hashes" && ReferenceEquals(instrument.Meter.Scope, meters)) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => count(value));
        listener.Start();
        return listener;
    }
}
