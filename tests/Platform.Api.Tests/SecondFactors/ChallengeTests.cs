using Platform.Api.Tests.ForwardedHeaders;

namespace Platform.Api.Tests.SecondFactors;

public sealed class ChallengeTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    [Trait("Threat", "T20")]
    public async Task Challenge_OfAnotherUserUsedRunOutOrForged_IsRefused()
    {
        var (alice, bob) = (await host.NewEnrolledAsync(), await host.NewEnrolledAsync());
        var (aliceCode, bobCode) = (host.NextCode(alice.App), bob.App.CodeAt(host.Time.GetUtcNow()));
        var challenge = await host.ChallengeAsync(alice.User);
        if (aliceCode != bobCode) await RefusedAsync(challenge, bobCode);
        foreach (var forged in new[] { "", "x", challenge[..^1], challenge + "A", new string('A', challenge.Length), alice.User.Token, alice.User.Id }) await RefusedAsync(forged, aliceCode);

        (await host.ProveAsync(challenge, aliceCode)).ShouldBe(HttpStatusCode.OK);
        await RefusedAsync(challenge, host.NextCode(alice.App));

        var late = await host.ChallengeAsync(alice.User);
        host.Time.Advance(TimeSpan.FromMinutes(5));
        await RefusedAsync(late, alice.App.CodeAt(host.Time.GetUtcNow()));

        var reset = await host.SendAsync("POST", "/v1/password/reset", new { token = await host.ChallengeAsync(alice.User), newPassword = "Amber-Lantern-48" });
        reset.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
    }

    [Fact]
    [Trait("Threat", "T20")]
    public async Task Challenge_FromAnotherNetworkOrEnvironment_IsRefused()
    {
        await using var proxied = await new ProxiedHost().StartedAsync();
        var enrolled = await proxied.NewEnrolledAsync();
        var code = proxied.NextCode(enrolled.App);
        var credentials = new { tenant = enrolled.User.Slug, username = "owner", password = enrolled.User.Password, transport = "token" };
        var challenge = (await FromAsync("198.51.100.7", "/v1/sign-in", credentials)).String("challenge");

        (await FromAsync("198.51.100.8", "/v1/sign-in/second-factor", new { challenge, method = "totp", code })).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await FromAsync("198.51.100.7", "/v1/sign-in/second-factor", new { challenge, method = "totp", code })).ShouldBe(HttpStatusCode.OK);

        var master = proxied.Service<Platform.Security.MasterKey>();
        UserId.TryParse(enrolled.User.Id, out var user).ShouldBeTrue();
        var elsewhere = Platform.Security.ChallengeToken.Seal(master, "production", user, new byte[32]);
        Platform.Security.ChallengeToken.TryOpen(master, "development", elsewhere, out _, out _).ShouldBeFalse();

        Task<Answer> FromAsync(string address, string path, object body) => proxied.SendFromAsync(address, "POST", path, body);
    }

    [Fact]
    [Trait("Threat", "T17")]
    public async Task Prove_FiveWrongCodes_EndTheChallengeTheEvaluationAndNotifyTheUserOnce()
    {
        var enrolled = await host.NewEnrolledAsync();
        var user = enrolled.User;
        var evaluated = 0;
        for (var round = 0; round < 40; round++)
        {
            var challenge = await host.ChallengeAsync(user);
            for (var i = 0; i < 3; i++)
            {
                var answer = await host.ProveAsync(challenge, enrolled.App.WrongCodeAt(host.Time.GetUtcNow()));
                if (answer.Status == HttpStatusCode.TooManyRequests) answer.ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts").Header("Retry-After").ShouldBe("900");
                else evaluated += answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code").Status == HttpStatusCode.Unauthorized ? 1 : 0;
            }
        }

        evaluated.ShouldBe(5);
        var last = await host.ChallengeAsync(user);
        (await host.ProveAsync(last, host.NextCode(enrolled.App))).ShouldBe(HttpStatusCode.TooManyRequests);
        var told = await OutboxFiles.WaitForAsync(host.Folder, 1, file => file.Template == "second_factor_failures" && file.Data["tenant"] == user.Slug);
        told.Count.ShouldBe(1);

        // The password's own counter is untouched: the fifth wrong password, not an earlier one, is where it stops.
        for (var i = 0; i < 5; i++) (await host.TrySignInAsync(user.Slug, user.Username, "Wrong-Harbour-71")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await host.TrySignInAsync(user.Slug, user.Username, user.Password)).ShouldBe(HttpStatusCode.TooManyRequests);

        host.Time.Advance(TimeSpan.FromMinutes(15));
        (await host.ProveAsync(await host.ChallengeAsync(user), host.NextCode(enrolled.App))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T17")]
    public async Task Prove_AfterFiveWrongCodes_TheChallengeIsGone()
    {
        var enrolled = await host.NewEnrolledAsync();
        var challenge = await host.ChallengeAsync(enrolled.User);
        for (var i = 0; i < 5; i++) (await host.ProveAsync(challenge, enrolled.App.WrongCodeAt(host.Time.GetUtcNow()))).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");

        (await host.ProveAsync(challenge, host.NextCode(enrolled.App))).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
    }

    [Fact]
    [Trait("Threat", "T8")]
    public async Task Prove_AfterUserOrTenantIsShutOut_IsRefusedAtEveryStep()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var number = SecondFactorCalls.NewNumber();
        var bob = await host.EnrolAsync(await host.NewUserAsync(owner, "bob", "viewer"));
        await host.WithPhoneAsync(bob.User, number);

        var challenge = await host.ChallengeAsync(bob.User);
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{bob.User.Id}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        await ShutOutAsync(challenge);
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{bob.User.Id}", new { status = "active" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        await ShutOutAsync(challenge);

        challenge = await host.ChallengeAsync(bob.User);
        await SetTenantAsync("suspended");
        await ShutOutAsync(challenge);
        await SetTenantAsync("active");
        await ShutOutAsync(challenge);

        // All sessions of the tenant are ended: those that were about to begin, too.
        owner = owner with { Token = (await host.SignInAsync(owner)).Token };
        challenge = await host.ChallengeAsync(bob.User);
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/sessions", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        await ShutOutAsync(challenge);
        (await host.ProveAsync(await host.ChallengeAsync(bob.User), host.NextCode(bob.App))).ShouldBe(HttpStatusCode.OK);

        async Task ShutOutAsync(string held)
        {
            await RefusedAsync(held, host.NextCode(bob.App));
            (await host.SendAsync("POST", "/v1/sign-in/sms", new { challenge = held })).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        }

        async Task SetTenantAsync(string status) => (await host.ChangeTenantAsync(owner.Slug, new { status })).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T8")]
    public async Task Prove_DenyRuleAddedMeanwhile_IsRefusedAtEveryStep()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        (await host.ChangeTenantAsync(owner.Slug, new { edition = "enterprise", features = new { ipRules = true } })).ShouldBe(HttpStatusCode.OK);
        var bob = await host.EnrolAsync(await host.NewUserAsync(owner, "bob", "viewer"));
        await host.WithPhoneAsync(bob.User, SecondFactorCalls.NewNumber());
        var challenge = await host.ChallengeAsync(bob.User);
        var rules = new { rules = new[] { new { cidr = "127.0.0.0/8", action = "deny", appliesTo = $"user:{bob.User.Id}" } } };

        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/ip-rules", rules, owner.Token)).ShouldBe(HttpStatusCode.OK);

        await RefusedAsync(challenge, host.NextCode(bob.App));
        (await host.SendAsync("POST", "/v1/sign-in/sms", new { challenge })).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.TrySignInAsync(owner.Slug, "bob", bob.User.Password)).ShouldBeProblem(HttpStatusCode.Forbidden, "ip_not_allowed");
    }

    [Fact]
    [Trait("Threat", "T23")]
    [Trait("Threat", "T28")]
    public async Task PasswordReset_DoesNotSkipTheSecondFactorAndEndsWaitingChallenges()
    {
        var enrolled = await host.NewEnrolledAsync();
        var waiting = await host.ChallengeAsync(enrolled.User);
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = enrolled.User.Slug, username = "owner" })).ShouldBe(HttpStatusCode.Accepted);
        var sent = await OutboxFiles.WaitForAsync(host.Folder, 1, file => file.Template == "password_reset" && file.Data["tenant"] == enrolled.User.Slug);
        (await host.SendAsync("POST", "/v1/password/reset", new { token = sent[0].Data["token"], newPassword = "Amber-Lantern-48" })).ShouldBe(HttpStatusCode.NoContent);

        await RefusedAsync(waiting, host.NextCode(enrolled.App));
        var again = await host.ChallengeAsync(enrolled.User with { Password = "Amber-Lantern-48" });

        (await host.ProveAsync(again, enrolled.App.CodeAt(host.Time.GetUtcNow()))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T28")]
    public async Task Challenges_ElevenAtOnce_TheOldestEnds()
    {
        var enrolled = await host.NewEnrolledAsync();
        var first = await host.ChallengeAsync(enrolled.User);
        var second = await host.ChallengeAsync(enrolled.User);
        for (var i = 0; i < 9; i++) await host.ChallengeAsync(enrolled.User);

        await RefusedAsync(first, host.NextCode(enrolled.App));
        (await host.ProveAsync(second, enrolled.App.CodeAt(host.Time.GetUtcNow()))).ShouldBe(HttpStatusCode.OK);
    }

    private async Task RefusedAsync(string challenge, string code) => (await host.ProveAsync(challenge, code)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
}
