using Platform.Api.Tests.Privacy;

namespace Platform.Api.Tests.Users;

public sealed class InvitationTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Mailbox = "ivy@example.com";
    private const string Chosen = "Amber-Lantern-48";

    [Fact, Trait("Threat", "T25")]
    public async Task Create_WithoutAPassword_InvitesAndTheUserChoosesIt()
    {
        var owner = await host.NewTenantAsync();

        var made = await InviteAsync(owner);

        (made.String("status"), made.Json.GetProperty("emailVerified").GetBoolean()).ShouldBe(("invited", false));
        made.Json.GetProperty("invitationExpiresAt").GetDateTimeOffset().ShouldBe(host.Time.GetUtcNow().AddDays(7), TimeSpan.FromMinutes(1));
        (await host.TrySignInAsync(owner.Slug, "ivy", Chosen)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await host.TrySignInAsync(owner.Slug, "ivy", "")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        var token = await LinkAsync(owner);
        made.Text.ShouldNotContain(token);

        (await AcceptAsync(token, Chosen)).ShouldBe(HttpStatusCode.NoContent).Text.ShouldBeEmpty();

        var read = (await host.SendAsync("GET", PathOf(owner, made), token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (read.String("status"), read.Json.GetProperty("emailVerified").GetBoolean(), read.Json.TryGetProperty("invitationExpiresAt", out _)).ShouldBe(("active", true, false));
        await host.SignInAsync(owner.Slug, "ivy", Chosen);
        (await host.MailsAsync(owner.Slug, Mailbox, 1)).Select(mail => mail.Template).ShouldBe(["invitation"]);
        var log = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?target={made.String("id")}&outcome=success", token: owner.Token)).Items;
        log.Select(e => e.GetProperty("action").GetString()).ShouldBe(["session.signed_in", "user.enabled", "user.created"]);
        log[1].GetProperty("actor").GetProperty("id").GetString().ShouldBe(made.String("id"));
        log[1].GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("path").GetString()).ShouldBe(["/status", "/password"]);
    }

    [Fact, Trait("Threat", "T24"), Trait("Threat", "T26")]
    public async Task Accept_OfTheLink_WorksOnceAndOthersAreRefusedAlike()
    {
        var owner = await host.NewTenantAsync();
        var made = await InviteAsync(owner);
        var token = await LinkAsync(owner);

        foreach (var wrong in new[] { "", "x", new string('A', 102), owner.Token, made.String("id")!, token[..^1] + (token[^1] == 'A' ? 'B' : 'A') })
        {
            (await AcceptAsync(wrong, Chosen)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token").Text.ShouldNotContain("ivy");
        }

        (await host.SendAsync("POST", "/v1/password/reset", new { token, newPassword = Chosen })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        (await host.ConfirmEmailAsync(token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        (await host.SendAsync("POST", "/v1/invitations/accept", new { token })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/password", "missing")]);
        (await AcceptAsync(token, "short")).ShouldBeProblem(HttpStatusCode.BadRequest, "password_policy").Errors.ShouldContain(("/password", "too_short"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AcceptAsync(token, Chosen)));
        answers.Count(answer => answer.Status == HttpStatusCode.NoContent).ShouldBe(1);
        var used = answers.First(answer => answer.Code == "invalid_token");
        used.Comparable.ShouldBe((await AcceptAsync("x", Chosen)).Comparable);
        await host.SignInAsync(owner.Slug, "ivy", Chosen);
    }

    [Fact, Trait("Threat", "T26")]
    public async Task Accept_AfterSevenDays_IsRefusedAndANewInvitationWorks()
    {
        var owner = await host.NewTenantAsync();
        var made = await InviteAsync(owner);
        var late = await LinkAsync(owner);
        host.Time.Advance(TimeSpan.FromDays(7));
        (await AcceptAsync(late, Chosen)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        owner = owner with { Token = (await host.SignInAsync(owner)).Token };
        var listed = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?status=invited", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
        (listed.GetProperty("id").GetString(), listed.TryGetProperty("invitationExpiresAt", out _)).ShouldBe((made.String("id"), false));

        (await host.SendAsync("POST", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted).Text.ShouldBeEmpty();

        (await AcceptAsync(await LinkAsync(owner, 2), Chosen)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?status=invited", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();
    }

    [Fact, Trait("Threat", "T26")]
    public async Task Send_Again_VoidsTheLinkBeforeAndWithdrawingVoidsAll()
    {
        var owner = await host.NewTenantAsync();
        var made = await InviteAsync(owner);
        var first = await LinkAsync(owner);
        (await host.SendAsync("POST", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        var second = await LinkAsync(owner, 2);
        (await AcceptAsync(first, Chosen)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");

        (await host.SendAsync("DELETE", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("DELETE", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await AcceptAsync(second, Chosen)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        var read = (await host.SendAsync("GET", PathOf(owner, made), token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (read.String("status"), read.Json.TryGetProperty("invitationExpiresAt", out _)).ShouldBe(("invited", false));
        var log = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?target={made.String("id")}&action=user.updated", token: owner.Token)).Items;
        log.Select(e => e.GetProperty("changes")[0].GetProperty("path").GetString()).ShouldBe(["/invitationExpiresAt", "/invitation"]);

        // Two were sent within the hour.
        (await host.SendAsync("POST", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync("POST", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts").Header("Retry-After").ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T46")]
    public async Task SendAndWithdraw_ByOthersThanManagersOfTheTenant_AreRefused()
    {
        var owner = await host.NewTenantAsync();
        var made = await InviteAsync(owner);
        var token = await LinkAsync(owner);
        var vera = await host.NewUserAsync(owner, "vera", "viewer");
        var stranger = await host.NewTenantAsync();
        var clerk = (await host.SendAsync(
            "POST",
            $"/v1/tenants/{owner.Slug}/users",
            new { username = "clerk", email = "c@example.com", password = owner.Password, mustChangePassword = false, permissions = new[] { "manage-users", "read" } },
            owner.Token)).ShouldBe(HttpStatusCode.Created);
        var clerkToken = (await host.SignInAsync(owner.Slug, "clerk", owner.Password)).Token;
        var second = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "boss", email = "boss@example.com", role = "owner" }, owner.Token)).ShouldBe(HttpStatusCode.Created);

        foreach (var method in new[] { "POST", "DELETE" })
        {
            (await host.SendAsync(method, PathOf(owner, made) + "/invitation", token: vera.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await host.SendAsync(method, PathOf(owner, second) + "/invitation", token: clerkToken)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await host.SendAsync(method, PathOf(owner, made) + "/invitation", token: stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await host.SendAsync(method, $"/v1/tenants/{stranger.Slug}/users/{made.String("id")}/invitation", token: stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await host.SendAsync(method, PathOf(owner, made) + "/invitation")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            (await host.SendAsync(method, PathOf(owner, clerk) + "/invitation", token: owner.Token))
                .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("", "user_not_invited")]);
        }

        (await AcceptAsync(token, Chosen)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Change_OfAnInvitedUser_NamesWhatToDoAndTheAddressCountsAtOnce()
    {
        var owner = await host.NewTenantAsync();
        var made = await InviteAsync(owner);
        var first = await LinkAsync(owner);
        Task<Answer> Patch(object change) => host.SendAsync("PATCH", PathOf(owner, made), change, owner.Token);

        (await Patch(new { status = "active" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/status", "user_invited")]);
        (await Patch(new { status = "invited" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.Select(error => error.Pointer).ShouldBe(["/status"]);
        (await host.SendAsync("POST", PathOf(owner, made) + "/password-reset", token: owner.Token))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("", "user_invited")]);
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "ivy" })).ShouldBe(HttpStatusCode.Accepted);

        var changed = (await Patch(new { email = "ivy@right.example" })).ShouldBe(HttpStatusCode.OK);

        (changed.String("email"), changed.String("pendingEmail"), changed.String("status")).ShouldBe(("ivy@right.example", null, "invited"));
        changed.Json.TryGetProperty("invitationExpiresAt", out _).ShouldBeFalse("what was sent to the wrong address is void");
        (await AcceptAsync(first, Chosen)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await host.SendAsync("POST", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        (await AcceptAsync(await host.LinkAsync(owner.Slug, "ivy@right.example", "invitation"), Chosen)).ShouldBe(HttpStatusCode.NoContent);
        (await host.MailsAsync(owner.Slug, Mailbox, 1)).Select(mail => mail.Template).ShouldBe(["invitation"], "a forgotten password sends nothing to who has none");
    }

    [Fact]
    public async Task DisableAndEnable_OfAnInvitedUser_IsInvitedAgain()
    {
        var owner = await host.NewTenantAsync();
        var made = await InviteAsync(owner);
        (await host.SendAsync("PATCH", PathOf(owner, made), new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK).String("status").ShouldBe("disabled");
        (await host.SendAsync("POST", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");

        (await host.SendAsync("PATCH", PathOf(owner, made), new { status = "active" }, owner.Token)).ShouldBe(HttpStatusCode.OK).String("status").ShouldBe("invited");

        (await host.SendAsync("POST", PathOf(owner, made) + "/invitation", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        (await AcceptAsync(await LinkAsync(owner, 2), Chosen)).ShouldBe(HttpStatusCode.NoContent);
    }

    /// <summary>Nobody who cannot sign in is the reason why the last manager may go; once the invitation is accepted, that one may.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task LastManager_WithAnotherInvited_StaysUntilThatOneHasAccepted()
    {
        var owner = await host.NewTenantAsync();
        (await InviteAsync(owner, "owner")).String("role").ShouldBe("owner");
        var own = $"/v1/tenants/{owner.Slug}/users/{owner.Id}";
        (await host.SendAsync("DELETE", own, token: owner.Token)).ShouldBeProblem(HttpStatusCode.Conflict, "last_manager");

        (await AcceptAsync(await LinkAsync(owner), Chosen)).ShouldBe(HttpStatusCode.NoContent);

        (await host.SendAsync("DELETE", own, token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact, Trait("Threat", "T50")]
    public async Task Create_WithTheSameIdempotencyKey_InvitesOnceAndKeepsNoToken()
    {
        var owner = await host.NewTenantAsync();
        var body = new { username = "ivy", email = Mailbox, role = "viewer" };
        var first = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", body, owner.Token, null, ("Idempotency-Key", "k1"))).ShouldBe(HttpStatusCode.Created);

        var second = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", body, owner.Token, null, ("Idempotency-Key", "k1"))).ShouldBe(HttpStatusCode.Created);

        second.Text.ShouldBe(first.Text);
        var mail = (await host.MailsAsync(owner.Slug, Mailbox, 1)).ShouldHaveSingleItem();
        second.Text.ShouldNotContain(mail.Data["token"]);
    }

    [Fact, Trait("Threat", "T52")]
    public async Task ExportAndErasure_OfAnInvitedUser_TellOfTheInvitationAndVoidIt()
    {
        var owner = await host.NewTenantAsync();
        var made = await InviteAsync(owner);
        var token = await LinkAsync(owner);
        var ivy = owner with { Id = made.String("id")!, Username = "ivy" };

        var profile = (await host.ExportAsync(ivy, owner.Token)).Json("profile.json");
        (profile.GetProperty("status").GetString(), profile.GetProperty("invitationsSentAt").GetArrayLength()).ShouldBe(("invited", 1));

        (await host.EraseAsync(ivy, owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        (await AcceptAsync(token, Chosen)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
    }

    [Fact]
    public async Task Link_WithAPageConfigured_HasItsAddress()
    {
        await using var own = await new PlatformHost("--Platform:Notifications:InvitationPage=https://app.example.com/welcome").StartedAsync();
        var owner = await own.NewTenantAsync();
        (await own.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "ivy", email = Mailbox, role = "viewer" }, owner.Token)).ShouldBe(HttpStatusCode.Created);

        var mail = (await own.MailsAsync(owner.Slug, Mailbox, 1)).ShouldHaveSingleItem();

        mail.Data["link"].ShouldBe("https://app.example.com/welcome#token=" + mail.Data["token"]);
        mail.Text.ShouldContain(mail.Data["link"]);
    }

    private static string PathOf(TestUser owner, Answer made) => $"/v1/tenants/{owner.Slug}/users/{made.String("id")}";

    private async Task<Answer> InviteAsync(TestUser owner, string role = "viewer")
    {
        var made = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "ivy", email = Mailbox, role }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return made;
    }

    private Task<string> LinkAsync(TestUser owner, int count = 1) => host.LinkAsync(owner.Slug, Mailbox, "invitation", count);

    private Task<Answer> AcceptAsync(string token, string password) => host.AcceptInvitationAsync(token, password);
}
