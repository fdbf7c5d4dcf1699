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
        var (owner, limited) = await LimitedAsync();
        (await host.IntrospectAsync((await host.NewKeyAsync(owner, "introspect")).Text, limited)).Text.ShouldBe("{\"active\":false}");
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
        var app = new Platform.Tests.Authenticator(begun.String("otpauthUri")!);

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
        (await RequireAsync(owner)).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).ShouldBe(HttpStatusCode.OK);
        answer.String("status").ShouldBe("second_factor_enrolment_required");
        return (owner, answer.String("token")!);
    }

    private static string Target(ApiOperation operation, TestUser user) =>
        operation.Path.Replace("{tenant}", user.Slug, StringComparison.Ordinal).Replace("{id}", user.Id, StringComparison.Ordinal);

    private static string? Body(ApiOperation operation) => operation.Method == "GET" ? null : "{}";

    private Task<Answer> RequireAsync(TestUser user) => host.SendAsync("PATCH", $"/v1/tenants/{user.Slug}", new { requireSecondFactor = true }, user.Token);
}
