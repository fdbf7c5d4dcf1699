using System.Xml.Linq;

namespace Platform.Api.Tests.SecondFactors;

public sealed class TotpSignInTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Enrol_WithAnAuthenticator_GivesSecretAddressImageAndTenRecoveryCodes()
    {
        var owner = await host.NewTwoFactorTenantAsync();

        var begun = (await host.SendAsync("POST", "/v1/me/totp", token: owner.Token)).ShouldBe(HttpStatusCode.OK);

        begun.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["secret", "otpauthUri", "qrSvg"]);
        begun.String("secret")!.ShouldMatch("^[A-Z2-7]{32}$");
        begun.String("otpauthUri")!.ShouldContain($"secret={begun.String("secret")}");
        begun.Header("Cache-Control").ShouldBe("no-store");
        var svg = XDocument.Parse(begun.String("qrSvg")!).Root!;
        svg.Name.LocalName.ShouldBe("svg");
        svg.Descendants().Select(element => element.Name.LocalName).Distinct().ShouldBe(["rect", "path"]);
        (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).String("status").ShouldBe("signed_in", "it does not count before it is confirmed");

        var enrolled = await host.EnrolAsync(owner);

        enrolled.App.Account.ShouldBe("owner");
        enrolled.RecoveryCodes.Count.ShouldBe(10);
        enrolled.RecoveryCodes.ShouldBeUnique();
        var me = (await host.SendAsync("GET", "/v1/me", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("secondFactors");
        me.GetProperty("totp").GetBoolean().ShouldBeTrue();
        me.GetProperty("sms").GetBoolean().ShouldBeFalse();
        me.GetProperty("recoveryCodesRemaining").GetInt32().ShouldBe(10);
    }

    [Fact]
    public async Task SignIn_WithPasswordAndCode_OpensASessionThatSaysSo()
    {
        var enrolled = await host.NewEnrolledAsync();
        var code = host.NextCode(enrolled.App);

        var first = await host.TrySignInAsync(enrolled.User.Slug, enrolled.User.Username, enrolled.User.Password);
        first.ShouldBe(HttpStatusCode.OK).Json.EnumerateObject().Select(member => member.Name).ShouldBe(["status", "challenge", "methods", "expiresAt"], ignoreOrder: true);
        first.Header("Set-Cookie").ShouldBeNull();
        first.Methods().ShouldBe(["totp", "recovery_code"]);
        first.Json.GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(host.Time.GetUtcNow() + TimeSpan.FromMinutes(5));
        var second = await host.ProveAsync(first.String("challenge")!, code);

        second.ShouldBe(HttpStatusCode.OK).String("status").ShouldBe("signed_in");
        second.Header("Set-Cookie").ShouldBeNull();
        second.Json.GetProperty("session").GetProperty("authenticationMethods").EnumerateArray().Select(m => m.GetString()).ShouldBe(["pwd", "otp"]);
        (await host.PeekAsync(second.String("token"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SignIn_ByCookie_TheChallengeRemembersTheTransport()
    {
        var enrolled = await host.NewEnrolledAsync();
        var code = host.NextCode(enrolled.App);

        var answer = await host.ProveAsync(await host.ChallengeAsync(enrolled.User, "cookie"), code);

        answer.ShouldBe(HttpStatusCode.OK).Json.TryGetProperty("token", out _).ShouldBeFalse();
        answer.Header("Set-Cookie").ShouldNotBeNull().ShouldMatch("^__Host-sid=[A-Za-z0-9_-]{120}; Path=/; Secure; HttpOnly; SameSite=Lax$");
    }

    [Fact]
    [Trait("Threat", "T14")]
    public async Task Prove_OneCodeFiftyTimesAtOnce_SignsInOnce()
    {
        var enrolled = await host.NewEnrolledAsync();
        var code = host.NextCode(enrolled.App);
        var challenges = new List<string>();
        for (var i = 0; i < 10; i++) challenges.Add(await host.ChallengeAsync(enrolled.User));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => host.ProveAsync(challenges[i % 10], code)));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(answer => answer.Status != HttpStatusCode.OK).ShouldAllBe(answer => answer.Status == HttpStatusCode.Unauthorized || answer.Status == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    [Trait("Threat", "T14")]
    [Trait("Threat", "T15")]
    public async Task Prove_UsedCodeOlderStepAndTheConfirmingCode_AreRefused()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var enrolled = await host.EnrolAsync(owner);
        var confirming = enrolled.App.CodeAt(host.Time.GetUtcNow());
        (await host.ProveAsync(await host.ChallengeAsync(owner), confirming)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");

        host.Time.Advance(TimeSpan.FromSeconds(60));
        var (older, newer) = (enrolled.App.CodeAt(host.Time.GetUtcNow()), enrolled.App.CodeAt(host.Time.GetUtcNow().AddSeconds(30)));
        (await host.ProveAsync(await host.ChallengeAsync(owner), newer)).ShouldBe(HttpStatusCode.OK);

        (await host.ProveAsync(await host.ChallengeAsync(owner), older)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.ProveAsync(await host.ChallengeAsync(owner), newer)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
    }

    [Fact]
    [Trait("Threat", "T16")]
    public async Task Prove_CodesOfTwoStepsAway_AreRefusedWhateverTimeTheClientClaims()
    {
        var enrolled = await host.NewEnrolledAsync();
        host.Time.Advance(TimeSpan.FromMinutes(5));
        var challenge = await host.ChallengeAsync(enrolled.User);
        foreach (var seconds in new[] { -60, 60 })
        {
            var code = enrolled.App.CodeAt(host.Time.GetUtcNow().AddSeconds(seconds));
            var body = new { challenge, method = "totp", code };
            (await host.SendAsync("POST", "/v1/sign-in/second-factor", body, token: null, cookie: null, ("Date", host.Time.GetUtcNow().AddSeconds(seconds).ToString("R"))))
                .ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        }

        (await host.ProveAsync(challenge, enrolled.App.CodeAt(host.Time.GetUtcNow()))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [Trait("Threat", "T18")]
    [InlineData("１２３４５６")]
    [InlineData(" 123456")]
    [InlineData("+12345")]
    [InlineData("1234567")]
    [InlineData("")]
    [InlineData("12\u000034")]
    public async Task Prove_WhateverIsNotSixAsciiDigits_IsRefused(string code)
    {
        var enrolled = await host.NewEnrolledAsync();

        (await host.ProveAsync(await host.ChallengeAsync(enrolled.User), code)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
    }

    [Fact]
    [Trait("Threat", "T18")]
    public async Task Prove_FaultyBodies_AreNamed()
    {
        var challenge = await host.ChallengeAsync((await host.NewEnrolledAsync()).User);

        (await host.ProveAsync(challenge, new string('1', 60_000))).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.ProveAsync(challenge, new string('1', 1_000_000))).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        (await host.ProveAsync(challenge, "123456", "telepathy")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/method", "wrong_type")]);
        (await host.SendAsync("POST", "/v1/sign-in/second-factor", "{}")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request")
            .Errors.ShouldBe([("/challenge", "missing"), ("/method", "missing"), ("/code", "missing")]);
        (await host.SendAsync("POST", "/v1/sign-in/second-factor", $"{{\"challenge\":\"{challenge}\",\"method\":\"totp\",\"code\":123456}}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/code", "wrong_type")]);
    }

    [Fact]
    public async Task Confirm_FiveWrongCodesOrFifteenMinutes_EndsTheEnrolment()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        (await host.SendAsync("POST", "/v1/me/totp/confirm", new { code = "123456" }, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        var app = await BeginAsync();
        for (var i = 0; i < 5; i++) await ConfirmAsync(app.WrongCodeAt(host.Time.GetUtcNow()), HttpStatusCode.Unauthorized);
        await ConfirmAsync(app.CodeAt(host.Time.GetUtcNow()), HttpStatusCode.Unauthorized);

        app = await BeginAsync();
        host.Time.Advance(TimeSpan.FromMinutes(15));
        await ConfirmAsync(app.CodeAt(host.Time.GetUtcNow()), HttpStatusCode.Unauthorized);

        (await host.SendAsync("GET", "/v1/me", token: owner.Token)).Json.GetProperty("secondFactors").GetProperty("totp").GetBoolean().ShouldBeFalse();

        async Task<Authenticator> BeginAsync() =>
            new((await host.SendAsync("POST", "/v1/me/totp", token: owner.Token)).ShouldBe(HttpStatusCode.OK).String("otpauthUri")!);

        async Task ConfirmAsync(string code, HttpStatusCode expected) =>
            (await host.SendAsync("POST", "/v1/me/totp/confirm", new { code }, owner.Token)).ShouldBe(expected);
    }

    [Fact]
    public async Task Enrol_TenantWithoutTheFeature_IsRefused()
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("POST", "/v1/me/totp", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "feature_required");
        (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = "+4915112345678" }, owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "feature_required");
    }

    [Fact]
    public async Task Operator_CanEnrolAndSignInWithACode()
    {
        await using var operatorHost = await new PlatformHost().StartedAsync();
        var token = await operatorHost.OperatorTokenAsync();
        var enrolled = await operatorHost.EnrolAsync(new TestUser("", "platform", "", "operator", PlatformHost.OperatorPassword, token));

        var signedIn = await operatorHost.SignInWithCodeAsync(enrolled);

        (await operatorHost.SendAsync("GET", "/v1/operator/tenants", token: signedIn.Token)).ShouldBe(HttpStatusCode.OK);
    }
}
