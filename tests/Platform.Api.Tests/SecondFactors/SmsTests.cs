namespace Platform.Api.Tests.SecondFactors;

public sealed class SmsTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private readonly string _number = SecondFactorCalls.NewNumber();

    [Fact]
    public async Task SignIn_WithACodeByMessage_OpensASessionThatSaysSo()
    {
        var owner = await host.WithPhoneAsync(await host.NewTwoFactorTenantAsync(), _number);
        var me = (await host.SendAsync("GET", "/v1/me", token: owner.Token)).Json.GetProperty("secondFactors");
        me.GetProperty("sms").GetBoolean().ShouldBeTrue();
        me.GetProperty("phone").GetString()!.ShouldBe("+***********" + _number[^2..]);

        var challenge = await host.ChallengeAsync(owner);
        (await SendAsync(challenge)).ShouldBe(HttpStatusCode.Accepted).Text.ShouldBeEmpty();
        var answer = await host.ProveAsync(challenge, await host.MessageAsync(_number, 2), "sms");

        answer.ShouldBe(HttpStatusCode.OK).Json.GetProperty("session").GetProperty("authenticationMethods").EnumerateArray().Select(m => m.GetString()).ShouldBe(["pwd", "sms"]);
    }

    [Fact]
    [Trait("Threat", "T20")]
    public async Task Code_OfAnotherChallengeReplacedOrRunOut_IsRefused()
    {
        var owner = await host.WithPhoneAsync(await host.NewTwoFactorTenantAsync(), _number);
        var (first, second) = (await host.ChallengeAsync(owner), await host.ChallengeAsync(owner));
        await SendAsync(first);
        var code = await host.MessageAsync(_number, 2);
        (await host.ProveAsync(second, code, "sms")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.ProveAsync(first, code)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");

        await SendAsync(first);
        var newer = await host.MessageAsync(_number, 3);
        if (newer != code) (await host.ProveAsync(first, code, "sms")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.ProveAsync(first, newer, "sms")).ShouldBe(HttpStatusCode.OK);

        var late = await host.ChallengeAsync(owner);
        await SendAsync(late);
        var last = await host.MessageAsync(_number, 4);
        host.Time.Advance(TimeSpan.FromMinutes(5));
        (await host.ProveAsync(late, last, "sms")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
    }

    [Fact]
    public async Task Send_BeyondTheUsersBudget_SaysHowLongToWait()
    {
        var owner = await host.WithPhoneAsync(await host.NewTwoFactorTenantAsync(), _number);
        for (var i = 0; i < 4; i++) (await SendAsync(await host.ChallengeAsync(owner))).ShouldBe(HttpStatusCode.Accepted);

        (await SendAsync(await host.ChallengeAsync(owner))).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts").Header("Retry-After").ShouldBe("900");
        (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = _number }, owner.Token)).ShouldBe(HttpStatusCode.TooManyRequests);
        host.Time.Advance(TimeSpan.FromMinutes(15));
        (await SendAsync(await host.ChallengeAsync(owner))).ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Send_BeyondTheAddressBudget_IsRefusedWhoeverTheUserIs()
    {
        await using var limited = await new PlatformHost("--Platform:RateLimits:Enabled=true", "--Platform:RateLimits:MessagesPerHour=3").StartedAsync();
        for (var i = 0; i < 3; i++) (await limited.SendAsync("POST", "/v1/sign-in/sms", new { challenge = "x" })).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");

        var refused = await limited.SendAsync("POST", "/v1/sign-in/sms", new { challenge = "x" });

        refused.ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts").Header("RateLimit-Policy").ShouldBe("\"messages\";q=3;w=3600");
    }

    [Fact]
    public async Task Phone_WrongNumberWrongCodesOrFiveMinutes_IsNotConfirmed()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = "0151 123" }, owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request")
            .Errors.ShouldBe([("/phoneNumber", "invalid_phone_number")]);
        (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = _number }, owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        var code = await host.MessageAsync(_number);
        var wrong = code == "000000" ? "000001" : "000000";
        for (var i = 0; i < 5; i++) (await ConfirmAsync(wrong)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await ConfirmAsync(code)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");

        (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = _number }, owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        code = await host.MessageAsync(_number, 2);
        host.Time.Advance(TimeSpan.FromMinutes(5));
        (await ConfirmAsync(code)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).String("status").ShouldBe("signed_in");

        Task<Answer> ConfirmAsync(string typed) => host.SendAsync("POST", "/v1/me/phone/confirm", new { code = typed }, owner.Token);
    }

    [Fact]
    public async Task Send_UserWithoutAPhone_IsRefused()
    {
        var enrolled = await host.NewEnrolledAsync();

        (await SendAsync(await host.ChallengeAsync(enrolled.User))).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
    }

    private Task<Answer> SendAsync(string challenge) => host.SendAsync("POST", "/v1/sign-in/sms", new { challenge });
}
