using Platform.Api.Tests.ForwardedHeaders;
using Platform.Api.Tests.SecondFactors;
using Platform.Api.Tests.Snippets;
using Platform.Api.Tests.Users;

namespace Platform.Api.Tests.SignIn;

/// <summary>A password that somebody else has set is good for choosing another one, and for nothing else (ASVS 6.4.1).</summary>
public sealed class NewPasswordTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Chosen = "Amber-Lantern-48";

    [Fact, Trait("Threat", "T23")]
    public async Task SignIn_WithAPasswordOfTheManagers_TakesAnotherOneAndThenOpensASession()
    {
        var owner = await host.NewTenantAsync();
        var id = await CreateAsync(owner);

        var first = (await SignInAsync(owner)).ShouldBe(HttpStatusCode.OK);

        first.String("status").ShouldBe("password_change_required");
        first.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["status", "challenge", "expiresAt"], ignoreOrder: true);
        first.Message.Headers.Contains("Set-Cookie").ShouldBeFalse();
        var signedIn = (await ChooseAsync(first.String("challenge")!, Chosen)).ShouldBe(HttpStatusCode.OK);
        signedIn.String("status").ShouldBe("signed_in");
        signedIn.Json.GetProperty("session").GetProperty("authenticationMethods").EnumerateArray().Select(method => method.GetString()).ShouldBe(["pwd"]);
        (await host.ValidateAsync(signedIn.String("token"))).ShouldBe(HttpStatusCode.NoContent);

        (await SignInAsync(owner)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        await host.SignInAsync(owner.Slug, "nina", Chosen);
        (await host.MailsAsync(owner.Slug, "nina@example.com", 1)).Select(mail => mail.Template).ShouldBe(["password_changed"], "the owner hears of the account's first use");
        var log = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?target={id}&outcome=success", token: owner.Token)).Items;
        log.Select(e => e.GetProperty("action").GetString()).ShouldBe(["session.signed_in", "session.signed_in", "user.password_changed", "user.created"]);
    }

    [Fact]
    public async Task Choose_WithTransportCookie_SetsTheCookieAndRefusesOtherSites()
    {
        var owner = await host.NewTenantAsync();
        await CreateAsync(owner);
        var challenge = (await host.TrySignInAsync(owner.Slug, "nina", ApiCalls.Password, "cookie")).ShouldBe(HttpStatusCode.OK).String("challenge")!;

        (await host.SendAsync("POST", "/v1/sign-in/new-password", new { challenge, newPassword = Chosen }, headers: [("Sec-Fetch-Site", "cross-site")])).ShouldBeProblem(HttpStatusCode.Forbidden, "cross_origin");

        var signedIn = (await ChooseAsync(challenge, Chosen)).ShouldBe(HttpStatusCode.OK);
        signedIn.Header("Set-Cookie").ShouldStartWith("__Host-sid=");
        signedIn.Json.TryGetProperty("token", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Choose_APasswordThatWillNotDo_NamesWhyAndTheChallengeStays()
    {
        var owner = await host.NewTenantAsync();
        await CreateAsync(owner);
        var challenge = (await SignInAsync(owner)).String("challenge")!;

        (await ChooseAsync(challenge, "short")).ShouldBeProblem(HttpStatusCode.BadRequest, "password_policy").Errors.ShouldContain(("/newPassword", "too_short"));
        (await ChooseAsync(challenge, "Nina-Harbour-71")).ShouldBeProblem(HttpStatusCode.BadRequest, "password_policy").Errors.ShouldBe([("/newPassword", "contains_username")]);
        (await ChooseAsync(challenge, ApiCalls.Password)).ShouldBeProblem(HttpStatusCode.BadRequest, "password_policy").Errors.ShouldBe([("/newPassword", "unchanged")]);
        (await host.SendAsync("POST", "/v1/sign-in/new-password", new { challenge })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/newPassword", "missing")]);

        (await ChooseAsync(challenge, Chosen)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact, Trait("Threat", "T20")]
    public async Task Choose_WithAChallengeThatIsUsedForgedLateOrForAnotherStep_IsRefusedAlike()
    {
        var owner = await host.NewTenantAsync();
        await CreateAsync(owner);
        var enrolled = await host.NewEnrolledAsync();
        var challenge = (await SignInAsync(owner)).String("challenge")!;
        var second = (await SignInAsync(owner)).String("challenge")!;
        foreach (var wrong in new[] { "", "x", challenge + "A", new string('A', challenge.Length), owner.Token, await host.ChallengeAsync(enrolled.User) }) await RefusedAsync(wrong);

        (await host.ProveAsync(challenge, "123456")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.SendAsync("POST", "/v1/sign-in/sms", new { challenge })).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
        (await host.SendAsync("POST", "/v1/password/reset", new { token = challenge, newPassword = Chosen })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");

        var answers = await Task.WhenAll(ChooseAsync(challenge, Chosen), ChooseAsync(second, "Other-Harbour-72"));
        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        await RefusedAsync(challenge);
        await RefusedAsync(second);

        await CreateAsync(owner, "otto");
        var late = (await SignInAsync(owner, "otto")).String("challenge")!;
        host.Time.Advance(TimeSpan.FromMinutes(5));
        await RefusedAsync(late);
    }

    [Fact, Trait("Threat", "T20")]
    public async Task Choose_FromAnotherNetwork_IsRefused()
    {
        await using var proxied = await new ProxiedHost().StartedAsync();
        var owner = await proxied.NewTenantAsync();
        await CreateAsync(proxied, owner, "nina");
        var challenge = (await proxied.SendFromAsync("198.51.100.7", "POST", "/v1/sign-in", new { tenant = owner.Slug, username = "nina", password = ApiCalls.Password, transport = "token" })).String("challenge");

        (await proxied.SendFromAsync("198.51.100.8", "POST", "/v1/sign-in/new-password", new { challenge, newPassword = Chosen })).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");

        (await proxied.SendFromAsync("198.51.100.7", "POST", "/v1/sign-in/new-password", new { challenge, newPassword = Chosen })).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Choose_WhereTheTenantRequiresASecondFactor_OpensASessionForEnrolmentOnly()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        await CreateAsync(owner);
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { requireSecondFactor = true }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        var answer = (await ChooseAsync((await SignInAsync(owner)).String("challenge")!, Chosen)).ShouldBe(HttpStatusCode.OK);

        answer.String("status").ShouldBe("second_factor_enrolment_required");
        answer.Json.GetProperty("session").GetProperty("permissions").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Reset_ByTheLinkInTheMailbox_IsAPasswordOfTheOwners()
    {
        var owner = await host.NewTenantAsync();
        await CreateAsync(owner);
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "nina" })).ShouldBe(HttpStatusCode.Accepted);

        (await host.SendAsync("POST", "/v1/password/reset", new { token = await host.LinkAsync(owner.Slug, "nina@example.com", "password_reset"), newPassword = Chosen })).ShouldBe(HttpStatusCode.NoContent);

        await host.SignInAsync(owner.Slug, "nina", Chosen);
    }

    [Fact, Trait("Threat", "T20")]
    public async Task SignIn_FromAPage_SaysSoAndHandsOutNothing()
    {
        var page = await host.NewPageAsync();
        await CreateAsync(page.Owner);

        var answer = (await host.FromPageAsync(page, "POST", "/sign-in", new { username = "nina", password = ApiCalls.Password })).ShouldBe(HttpStatusCode.OK);

        answer.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["status"]);
        answer.String("status").ShouldBe("password_change_required");
        (answer.Header("Set-Cookie") ?? "").ShouldNotContain("__Host-psid=A");
        await ChooseAsync((await SignInAsync(page.Owner)).String("challenge")!, Chosen);
        (await host.FromPageAsync(page, "POST", "/sign-in", new { username = "nina", password = Chosen })).ShouldBe(HttpStatusCode.OK).String("status").ShouldBe("signed_in");
    }

    [Fact]
    public async Task CreateTenant_WithAnAdminWhoMustChange_IsAskedAndOthersAreNot()
    {
        var slug = PlatformHostCalls.NewSlug();
        var admin = new { username = "owner", email = "owner@example.com", password = ApiCalls.Password, mustChangePassword = true };
        (await host.SendAsync("POST", "/v1/operator/tenants", new { slug, name = slug, edition = "standard", admin }, await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.Created);

        (await host.TrySignInAsync(slug, "owner", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).String("status").ShouldBe("password_change_required");

        // Without the member the admin signs in at once, as all tests do.
        (await host.NewTenantAsync()).Token.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Create_WithTheDutyAndNoPassword_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        foreach (var mustChangePassword in new[] { true, false })
        {
            (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "nina", email = "nina@example.com", role = "viewer", mustChangePassword }, owner.Token))
                .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/mustChangePassword", "password_missing")]);
        }
    }

    private Task<string> CreateAsync(TestUser owner, string username = "nina") => CreateAsync(host, owner, username);

    /// <summary>As the contract has it: the duty is the default.</summary>
    private static async Task<string> CreateAsync(PlatformHost host, TestUser owner, string username) => (await host.SendAsync(
        "POST", $"/v1/tenants/{owner.Slug}/users", new { username, email = $"{username}@example.com", password = ApiCalls.Password, role = "viewer" }, owner.Token)).ShouldBe(HttpStatusCode.Created).String("id")!;

    private Task<Answer> SignInAsync(TestUser owner, string username = "nina") => host.TrySignInAsync(owner.Slug, username, ApiCalls.Password);

    private Task<Answer> ChooseAsync(string challenge, string newPassword) => host.SendAsync("POST", "/v1/sign-in/new-password", new { challenge, newPassword });

    private async Task RefusedAsync(string challenge) => (await ChooseAsync(challenge, Chosen)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_code");
}
