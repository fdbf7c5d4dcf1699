namespace Platform.Api.Tests.Users;

public sealed class MeTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string NewPassword = "Amber-Lantern-48";

    [Fact]
    public async Task Get_OwnProfile_HoldsNothingSecret()
    {
        var owner = await host.NewTenantAsync();

        var answer = (await host.SendAsync("GET", "/v1/me", token: owner.Token)).ShouldBe(HttpStatusCode.OK);

        answer.String("id").ShouldBe(owner.Id);
        answer.String("role").ShouldBe("owner");
        answer.Text.ShouldNotContain("hash", Case.Insensitive);
        answer.Header("Cache-Control").ShouldBe("no-store");
    }

    [Fact]
    [Trait("Threat", "T42")]
    public async Task Sessions_Listed_ShowClocksOriginAndTheCurrentOneButNoToken()
    {
        var owner = await host.NewTenantAsync();
        var second = await host.SignInAsync(owner);

        var answer = (await host.SendAsync("GET", "/v1/me/sessions", null, second.Token, null, ("User-Agent", "test/1"))).ShouldBe(HttpStatusCode.OK);

        answer.Items.Length.ShouldBe(2);
        var current = answer.Items.Single(item => item.GetProperty("current").GetBoolean());
        current.GetProperty("id").GetString().ShouldBe(second.Id);
        current.GetProperty("ip").GetString().ShouldBe("127.0.0.1");
        current.GetProperty("state").GetString().ShouldBe("live");
        foreach (var member in new[] { "createdAt", "lastActivityAt", "idleExpiresAt", "absoluteExpiresAt", "userAgent" }) current.TryGetProperty(member, out _).ShouldBeTrue(member);
        answer.Text.ShouldNotContain(second.Token);
    }

    [Fact]
    public async Task Sessions_AfterSignOut_SayWhy()
    {
        var owner = await host.NewTenantAsync();
        var gone = await host.SignInAsync(owner);
        await host.SignOutAsync(gone.Token);

        var answer = await host.SendAsync("GET", "/v1/me/sessions", token: owner.Token);

        var ended = answer.Items.Single(item => item.GetProperty("id").GetString() == gone.Id);
        ended.GetProperty("state").GetString().ShouldBe("ended");
        ended.GetProperty("reason").GetString().ShouldBe("signed_out");
    }

    [Fact]
    public async Task EndSession_OwnOther_EndsItOnly()
    {
        var owner = await host.NewTenantAsync();
        var other = await host.SignInAsync(owner);

        (await host.SendAsync("DELETE", $"/v1/me/sessions/{other.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await host.ValidateAsync(other.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task EndSession_ForeignAbsentOrMalformed_AnswersAlike()
    {
        var owner = await host.NewTenantAsync();
        var colleague = await host.NewUserAsync(owner, "colleague", "viewer");
        var theirs = (await host.PeekAsync(colleague.Token)).String("id");

        foreach (var id in new[] { theirs, "ses_00000000000000000000000000000000", "ses_x", "1" })
        {
            (await host.SendAsync("DELETE", $"/v1/me/sessions/{id}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }

        (await host.ValidateAsync(colleague.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task EndSessions_WithoutInclude_KeepsTheCurrentOne()
    {
        var owner = await host.NewTenantAsync();
        var other = await host.SignInAsync(owner);

        (await host.SendAsync("DELETE", "/v1/me/sessions", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await host.ValidateAsync(other.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task EndSessions_IncludingCurrent_EndsAllAndExpiresTheCookie()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("DELETE", "/v1/me/sessions?include=current", cookie: owner.Token);

        answer.ShouldBe(HttpStatusCode.NoContent);
        answer.Header("Set-Cookie")!.ShouldContain("Max-Age=0");
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("?include=everything")]
    [InlineData("?include=current&include=current")]
    public async Task EndSessions_WithAnUnknownInclude_IsRefused(string query)
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("DELETE", "/v1/me/sessions" + query, token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("Threat", "T30")]
    public async Task ChangePassword_ByCookie_EndsOthersAndReplacesTheToken()
    {
        var owner = await host.NewTenantAsync();
        var other = await host.SignInAsync(owner);

        var answer = await host.SendAsync("POST", "/v1/me/password", new { currentPassword = owner.Password, newPassword = NewPassword }, cookie: owner.Token);

        answer.ShouldBe(HttpStatusCode.NoContent);
        var fresh = answer.Header("Set-Cookie")![11..131];
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.ValidateAsync(other.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.ValidateAsync(fresh)).ShouldBe(HttpStatusCode.NoContent);
        (await host.TrySignInAsync(owner.Slug, "owner", owner.Password)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await host.TrySignInAsync(owner.Slug, "owner", NewPassword)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T30")]
    public async Task ChangePassword_ByBearer_GivesTheNewTokenInAHeader()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("POST", "/v1/me/password", new { currentPassword = owner.Password, newPassword = NewPassword }, owner.Token);

        answer.ShouldBe(HttpStatusCode.NoContent);
        answer.Header("Set-Cookie").ShouldBeNull();
        (await host.ValidateAsync(answer.Header("Session-Token"))).ShouldBe(HttpStatusCode.NoContent);
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ChangePassword_WithTheWrongCurrentOne_ChangesNothing()
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("POST", "/v1/me/password", new { currentPassword = "Wrong-Harbour-71", newPassword = NewPassword }, owner.Token);

        answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.TrySignInAsync(owner.Slug, "owner", owner.Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Aa1-", "too_short")]
    [InlineData("quiet-harbour-71", "no_upper")]
    [InlineData("QUIET-HARBOUR-71", "no_lower")]
    [InlineData("Quiet-Harbour-xx", "no_digit")]
    [InlineData("QuietHarbour71", "no_symbol")]
    [InlineData("Quiet-Owner-7-x", "contains_username")]
    [InlineData("Password-1", "common_password")]
    public async Task ChangePassword_AgainstThePolicy_NamesTheUnmetRule(string password, string rule)
    {
        var owner = await host.NewTenantAsync();

        var answer = await host.SendAsync("POST", "/v1/me/password", new { currentPassword = owner.Password, newPassword = password }, owner.Token);

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "password_policy").Errors.ShouldContain(("/newPassword", rule));
    }

    [Fact]
    [Trait("Threat", "T10")]
    public async Task Passwords_AreComparedInFull()
    {
        var owner = await host.NewTenantAsync();
        var password = "Aa1-" + new string('x', 100) + "\0end";
        (await host.SendAsync("POST", "/v1/me/password", new { currentPassword = owner.Password, newPassword = password }, owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await host.TrySignInAsync(owner.Slug, "owner", password[..^1] + "X")).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.TrySignInAsync(owner.Slug, "owner", password[..104])).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.TrySignInAsync(owner.Slug, "owner", password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T13")]
    public async Task Passwords_InAnotherUnicodeForm_AreTheSamePassword()
    {
        var owner = await host.NewTenantAsync();
        const string Composed = "Gr\u00fcne-Wiese-12";
        (await host.SendAsync("POST", "/v1/me/password", new { currentPassword = owner.Password, newPassword = Composed }, owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await host.TrySignInAsync(owner.Slug, "owner", Composed.Normalize(System.Text.NormalizationForm.FormD))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T43")]
    public async Task Sessions_BeyondTheMaximum_EndTheOldest()
    {
        await using var small = await new PlatformHost("--Platform:Sessions:MaxSessionsPerUser=3").StartedAsync();
        var owner = await small.NewTenantAsync();
        for (var i = 0; i < 3; i++) await small.SignInAsync(owner);

        (await small.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        var last = await small.SignInAsync(owner);
        (await small.SendAsync("GET", "/v1/me/sessions", token: last.Token)).Items.Count(item => item.GetProperty("state").GetString() == "live").ShouldBe(3);
    }
}
