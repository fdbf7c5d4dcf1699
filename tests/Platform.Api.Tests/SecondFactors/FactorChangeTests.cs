namespace Platform.Api.Tests.SecondFactors;

public sealed class FactorChangeTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    [Trait("Threat", "T22")]
    public async Task RemoveTotp_WithPasswordAndFreshProof_EndsOtherSessionsAndNotifiesTheUser()
    {
        var enrolled = await host.NewEnrolledAsync();
        var (other, mine) = (await host.SignInWithCodeAsync(enrolled), await host.SignInWithCodeAsync(enrolled));
        (await RemoveAsync(mine, "Wrong-Harbour-71")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await host.ValidateAsync(other.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await RemoveAsync(mine, mine.Password)).ShouldBe(HttpStatusCode.NoContent);

        (await host.ValidateAsync(other.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        var factors = (await host.SendAsync("GET", "/v1/me", token: mine.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("secondFactors");
        factors.GetProperty("recoveryCodesRemaining").GetInt32().ShouldBe(0, "there is nothing to recover");
        (await host.TrySignInAsync(mine.Slug, mine.Username, mine.Password)).String("status").ShouldBe("signed_in");
        await NotificationAsync(mine, "second_factor_enabled");
        await NotificationAsync(mine, "second_factor_disabled");
        (await RemoveAsync(mine, mine.Password)).ShouldBeProblem(HttpStatusCode.Conflict, "no_second_factor");
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task RemoveTotp_ProofOlderThanFifteenMinutes_NeedsACode()
    {
        var enrolled = await host.NewEnrolledAsync();
        var mine = await host.SignInWithCodeAsync(enrolled);
        host.Time.Advance(TimeSpan.FromMinutes(15.5));
        (await RemoveAsync(mine, mine.Password)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        (await RemoveAsync(mine, mine.Password, enrolled.App.WrongCodeAt(host.Time.GetUtcNow()))).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await RemoveAsync(mine, "Wrong-Harbour-71", enrolled.App.CodeAt(host.Time.GetUtcNow()))).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");

        (await RemoveAsync(mine, mine.Password, enrolled.App.CodeAt(host.Time.GetUtcNow()))).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task EnrolAgain_FromASessionWithoutFreshProof_IsRefused()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var passwordOnly = (await host.SignInAsync(owner)).Token;
        var enrolled = await host.EnrolAsync(owner);

        (await host.SendAsync("POST", "/v1/me/totp", token: passwordOnly)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = "+4915112345678" }, passwordOnly)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        (await host.SendAsync("POST", "/v1/me/recovery-codes", token: passwordOnly)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");

        var fresh = await host.SignInWithCodeAsync(enrolled);
        var again = await host.EnrolAsync(fresh);
        (await host.ProveAsync(await host.ChallengeAsync(owner), host.NextCode(enrolled.App))).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.ProveAsync(await host.ChallengeAsync(owner), again.App.CodeAt(host.Time.GetUtcNow()))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T22")]
    public async Task FirstEnrolment_FromASessionOfMoreThanFifteenMinutes_IsRefused()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        host.Time.Advance(TimeSpan.FromMinutes(15.5));

        (await host.SendAsync("POST", "/v1/me/totp", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
    }

    [Fact]
    public async Task RemoveTotp_LastFactorOfATenantThatRequiresOne_IsRefused()
    {
        var enrolled = await host.NewEnrolledAsync();
        var owner = enrolled.User;
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { requireSecondFactor = true }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await RemoveAsync(owner, owner.Password)).ShouldBeProblem(HttpStatusCode.Conflict, "last_second_factor");

        await host.WithPhoneAsync(owner, SecondFactorCalls.NewNumber());
        (await RemoveAsync(owner, owner.Password)).ShouldBe(HttpStatusCode.NoContent);

        (await host.SendAsync("DELETE", "/v1/me/phone", new { password = owner.Password }, owner.Token)).ShouldBeProblem(HttpStatusCode.Conflict, "last_second_factor");
        (await host.SendAsync("GET", "/v1/me", token: owner.Token)).Json.GetProperty("secondFactors").GetProperty("recoveryCodesRemaining").GetInt32().ShouldBe(10);
    }

    [Fact]
    [Trait("Threat", "T5")]
    public async Task WrongPasswords_AtRemovalAndPasswordChange_CountAtTheSignInGuard()
    {
        var enrolled = await host.NewEnrolledAsync();
        var user = enrolled.User;
        for (var i = 0; i < 3; i++) (await RemoveAsync(user, "Wrong-Harbour-71")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        for (var i = 0; i < 2; i++) (await ChangePasswordAsync("Wrong-Harbour-71")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");

        (await ChangePasswordAsync(user.Password)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts").Header("Retry-After").ShouldBe("60");
        (await RemoveAsync(user, user.Password)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts");
        (await host.TrySignInAsync(user.Slug, user.Username, user.Password)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts");

        Task<Answer> ChangePasswordAsync(string current) =>
            host.SendAsync("POST", "/v1/me/password", new { currentPassword = current, newPassword = "Amber-Lantern-48" }, user.Token);
    }

    [Fact]
    [Trait("Threat", "T21")]
    public async Task RecoveryCode_FiftyTimesAtOnce_SignsInOnceAndNotifiesTheUser()
    {
        var enrolled = await host.NewEnrolledAsync();
        var challenges = new List<string>();
        for (var i = 0; i < 10; i++) challenges.Add(await host.ChallengeAsync(enrolled.User));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => host.ProveAsync(challenges[i % 10], enrolled.RecoveryCodes[3], "recovery_code")));

        var right = answers.Single(answer => answer.Status == HttpStatusCode.OK);
        var factors = (await host.SendAsync("GET", "/v1/me", token: right.String("token"))).Json.GetProperty("secondFactors");
        factors.GetProperty("recoveryCodesRemaining").GetInt32().ShouldBe(9);
        (await NotificationAsync(enrolled.User, "recovery_code_used")).Data["remaining"].ShouldBe("9");
    }

    [Fact]
    [Trait("Threat", "T21")]
    public async Task RecoveryCodes_Replaced_TheOldOnesAreOfNoUse()
    {
        var enrolled = await host.NewEnrolledAsync();
        var mine = await host.SignInWithCodeAsync(enrolled);
        var replaced = (await host.SendAsync("POST", "/v1/me/recovery-codes", token: mine.Token)).ShouldBe(HttpStatusCode.OK).Json;
        replaced.EnumerateObject().Select(member => member.Name).ShouldBe(["recoveryCodes"]);
        var fresh = replaced.GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!).ToArray();

        (await host.ProveAsync(await host.ChallengeAsync(mine), enrolled.RecoveryCodes[0], "recovery_code")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.ProveAsync(await host.ChallengeAsync(mine), fresh[0].ToLowerInvariant(), "recovery_code")).ShouldBe(HttpStatusCode.OK);
        await NotificationAsync(mine, "recovery_codes_replaced");
    }

    [Fact]
    public async Task RecoveryCodes_WithoutAFactor_ThereIsNothingToRecover()
    {
        var owner = await host.NewTwoFactorTenantAsync();

        (await host.SendAsync("POST", "/v1/me/recovery-codes", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Conflict, "no_second_factor");
    }

    private Task<Answer> RemoveAsync(TestUser user, string password, string? code = null) =>
        host.SendAsync("DELETE", "/v1/me/totp", new { password, code }, user.Token);

    private async Task<OutboxFiles.Delivered> NotificationAsync(TestUser user, string template) =>
        (await OutboxFiles.WaitForAsync(host.Folder, 1, file => file.Template == template && file.Data["tenant"] == user.Slug))[^1];
}
