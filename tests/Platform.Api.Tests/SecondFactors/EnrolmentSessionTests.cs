namespace Platform.Api.Tests.SecondFactors;

/// <summary>Tenants that require a second factor: who has none gets a session that can set one up and nothing else.</summary>
public sealed class EnrolmentSessionTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private static readonly string[] Open =
        ["GET /v1/session", "GET /v1/me", "POST /v1/me/totp", "POST /v1/me/totp/confirm", "POST /v1/me/phone", "POST /v1/me/phone/confirm"];

    [Fact]
    public async Task RequireSecondFactor_WithoutTheFeatureOrThePermission_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        (await RequireAsync(owner)).ShouldBeProblem(HttpStatusCode.Forbidden, "feature_required");

        var other = await host.NewTwoFactorTenantAsync();
        var viewer = await host.NewUserAsync(other, "viewer", "viewer");
        (await RequireAsync(viewer)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await RequireAsync(other with { Token = owner.Token })).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await RequireAsync(other)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("requireSecondFactor").GetBoolean().ShouldBeTrue();

        var off = await host.ChangeTenantAsync(other.Slug, new { features = new { twoFactor = false } });
        off.ShouldBe(HttpStatusCode.OK).Json.GetProperty("requireSecondFactor").GetBoolean().ShouldBeFalse("nobody could set up what is required");
        var listed = await host.SendAsync("GET", $"/v1/operator/tenants?search={other.Slug}", token: await host.OperatorTokenAsync());
        listed.Items.Single().GetProperty("requireSecondFactor").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T19")]
    public async Task EnrolmentSession_AllOperations_RefusesAllButItsOwn()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var key = (await host.NewKeyAsync(owner, "introspect")).Text;
        var limited = await RequireAndSignInAsync(owner);
        (await host.IntrospectAsync(key, limited)).Text.ShouldBe("{\"active\":false}");
        var refused = 0;
        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => operation.NeedsASession && !Open.Contains($"{operation}")))
        {
            var answer = await host.SendAsync(operation.Method, Target(operation, owner), Body(operation), limited);
            if (operation.Path == "/v1/session/validate" || operation.Path.StartsWith("/v1/introspect", StringComparison.Ordinal)) answer.ShouldBeProblem(HttpStatusCode.Unauthorized, operation.CodeForStrangers);
            else answer.ShouldBeProblem(HttpStatusCode.Forbidden, "second_factor_enrolment_required");
            refused++;
        }

        refused.ShouldBeGreaterThan(20);
        var seen = (await host.PeekAsync(limited)).ShouldBe(HttpStatusCode.OK);
        seen.Json.GetProperty("permissions").GetArrayLength().ShouldBe(0);
        (await host.SendAsync("GET", "/v1/me", token: limited)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T30")]
    public async Task EnrolmentSession_OnceAFactorIsConfirmed_IsAFullOneUnderANewToken()
    {
        var (_, limited) = await LimitedAsync();
        var begun = (await host.SendAsync("POST", "/v1/me/totp", token: limited)).ShouldBe(HttpStatusCode.OK);
        var app = new Authenticator(begun.String("otpauthUri")!);

        var confirmed = (await host.SendAsync("POST", "/v1/me/totp/confirm", new { code = app.CodeAt(host.Time.GetUtcNow()) }, limited)).ShouldBe(HttpStatusCode.OK);

        var token = confirmed.String("token")!;
        confirmed.Header("Session-Token").ShouldBe(token);
        confirmed.Json.GetProperty("session").GetProperty("authenticationMethods").EnumerateArray().Select(m => m.GetString()).ShouldBe(["pwd", "otp"]);
        (await host.PeekAsync(limited)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", "/v1/me/sessions", token: token)).ShouldBe(HttpStatusCode.OK);
        (await host.ValidateAsync(token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("Threat", "T30")]
    public async Task EnrolmentSession_ByCookieAndPhone_GetsTheNewTokenInTheCookie()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        (await RequireAsync(owner)).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password, "cookie")).ShouldBe(HttpStatusCode.OK);
        answer.String("status").ShouldBe("second_factor_enrolment_required");
        var limited = answer.Header("Set-Cookie")![11..131];
        var number = SecondFactorCalls.NewNumber();
        (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = number }, cookie: limited)).ShouldBe(HttpStatusCode.Accepted);

        var confirmed = await host.SendAsync("POST", "/v1/me/phone/confirm", new { code = await host.MessageAsync(number) }, cookie: limited);

        confirmed.ShouldBe(HttpStatusCode.NoContent);
        var cookie = confirmed.Header("Set-Cookie")![11..131];
        (await host.SendAsync("GET", "/v1/session", cookie: limited)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", "/v1/session", cookie: cookie)).ShouldBe(HttpStatusCode.OK)
            .Json.GetProperty("authenticationMethods").EnumerateArray().Select(m => m.GetString()).ShouldBe(["pwd", "sms"]);
        (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).Methods().ShouldBe(["sms"]);
    }

    [Fact]
    public async Task EnrolmentSession_CanSignOut()
    {
        var (_, limited) = await LimitedAsync();

        (await host.SignOutAsync(limited)).ShouldBe(HttpStatusCode.NoContent);

        (await host.PeekAsync(limited)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    /// <summary>Two sessions of one user from before the requirement, one of which proved a factor, and the editor's own.</summary>
    [Fact]
    [Trait("Threat", "T40")]
    [Trait("Threat", "T19")]
    public async Task Require_LimitsLiveSessionsWithoutAProof_TheEditorsOwnToo()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var unproven = await host.SignInAsync(bob);
        await host.EnrolAsync(bob);
        var users = $"/v1/tenants/{owner.Slug}/users";
        (await host.SendAsync("GET", users, token: unproven.Token)).ShouldBe(HttpStatusCode.OK);

        (await RequireAsync(owner)).ShouldBe(HttpStatusCode.OK);

        (await host.SendAsync("GET", users, token: bob.Token)).ShouldBe(HttpStatusCode.OK);
        foreach (var limited in new[] { owner.Token, unproven.Token })
        {
            (await host.SendAsync("GET", users, token: limited)).ShouldBeProblem(HttpStatusCode.Forbidden, "second_factor_enrolment_required");
            (await host.ValidateAsync(limited)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            (await host.PeekAsync(limited)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("permissions").GetArrayLength().ShouldBe(0);
        }

        // Where there is a factor, nothing but a proof of it helps.
        (await host.SendAsync("POST", "/v1/me/totp", token: unproven.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");

        // Who has none sets one up, and rights that come back come under a new token (ASVS 7.2.4).
        var begun = (await host.SendAsync("POST", "/v1/me/totp", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        var code = new Authenticator(begun.String("otpauthUri")!).CodeAt(host.Time.GetUtcNow());
        var full = (await host.SendAsync("POST", "/v1/me/totp/confirm", new { code }, owner.Token)).ShouldBe(HttpStatusCode.OK).String("token")!;
        (await host.PeekAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", users, token: full)).ShouldBe(HttpStatusCode.OK);

        // What was full before is so again once nothing more is required; what was opened limited is not.
        await host.NewUserAsync(owner with { Token = full }, "carol", "viewer");
        var enrolling = await host.SignInAsync(bob with { Username = "carol" });
        (await RequireAsync(owner with { Token = full }, required: false)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", users, token: unproven.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", users, token: enrolling.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "second_factor_enrolment_required");
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task Require_AfterARestart_LimitsSessionsFromBefore()
    {
        await using var own = await new PlatformHost().StartedAsync();
        var owner = await own.NewTwoFactorTenantAsync();
        (await own.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { requireSecondFactor = true }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        await own.RestartAsync();
        (await own.ValidateAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await own.TouchAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "second_factor_enrolment_required");
        (await own.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T19")]
    public async Task Challenge_AsCookieOrBearer_OpensNothing()
    {
        var enrolled = await host.NewEnrolledAsync();
        var challenge = await host.ChallengeAsync(enrolled.User);
        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => operation.NeedsASession))
        {
            var target = Target(operation, enrolled.User);
            (await host.SendAsync(operation.Method, target, Body(operation), token: challenge)).ShouldBeProblem(HttpStatusCode.Unauthorized, operation.CodeForStrangers);
            (await host.SendAsync(operation.Method, target, Body(operation), cookie: challenge)).ShouldBeProblem(HttpStatusCode.Unauthorized, operation.CodeForStrangers);
        }
    }

    /// <summary>A tenant that requires a factor, and the session that its owner then gets.</summary>
    private async Task<(TestUser Owner, string Limited)> LimitedAsync()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        return (owner, await RequireAndSignInAsync(owner));
    }

    private async Task<string> RequireAndSignInAsync(TestUser owner)
    {
        (await RequireAsync(owner)).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).ShouldBe(HttpStatusCode.OK);
        answer.String("status").ShouldBe("second_factor_enrolment_required");
        return answer.String("token")!;
    }

    private static string Target(ApiOperation operation, TestUser user) =>
        operation.Path.Replace("{tenant}", user.Slug, StringComparison.Ordinal).Replace("{id}", user.Id, StringComparison.Ordinal);

    private static string? Body(ApiOperation operation) => operation.Method == "GET" ? null : "{}";

    private Task<Answer> RequireAsync(TestUser user, bool required = true) =>
        host.SendAsync("PATCH", $"/v1/tenants/{user.Slug}", new { requireSecondFactor = required }, user.Token);
}
