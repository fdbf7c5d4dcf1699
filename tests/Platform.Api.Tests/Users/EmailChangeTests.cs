using Platform.Api.Tests.Privacy;
using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Users;

public sealed class EmailChangeTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Old = "bob@example.com";
    private const string New = "bob@new.example";
    private const string NewPassword = "Amber-Lantern-48";

    /// <summary>
    /// A manager leads a colleague's account away: the colleague is told before anything works, resets go to the old address until the new one is confirmed, and both are told of them afterwards.
    /// </summary>
    [Fact, Trait("Threat", "T25")]
    public async Task TakeOver_ByAManager_IsToldToItsVictimBeforeItWorks()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var reset = $"/v1/tenants/{owner.Slug}/users/{bob.Id}/password-reset";

        (await host.RequestEmailAsync(owner, bob.Id, New)).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await host.SendAsync("POST", reset, token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);

        var told = await host.MailsAsync(owner.Slug, Old, 2);
        told.Select(mail => mail.Template).ShouldBe(["email_changed", "password_reset"], "the victim is told, and has the reset link");
        (told[0].Data["change"], told[0].Data["by"], told[0].Data["newEmail"]).ShouldBe(("requested", "manager", "b…@new.example"));
        told[0].Data["at"].ShouldEndWith("Z");
        told[0].Text.ShouldNotContain(New);
        (await host.MailsAsync(owner.Slug, New, 1)).Select(mail => mail.Template).ShouldBe(["email_confirmation"]);

        // The accomplice confirms: told again, and for seven days the old address hears of every reset.
        var stolen = told[1].Data["token"];
        (await host.ConfirmEmailAsync(await host.LinkAsync(owner.Slug, New))).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("POST", "/v1/password/reset", new { token = stolen, newPassword = NewPassword })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await host.SendAsync("POST", reset, token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        var later = (await host.MailsAsync(owner.Slug, Old, 4)).Skip(2).ToArray();
        later.Select(mail => mail.Template).ShouldBe(["email_changed", "password_reset_requested"]);
        later[0].Data["change"].ShouldBe("confirmed");
        later[1].Data.ShouldNotContainKey("token");
        (await host.MailsAsync(owner.Slug, New, 2)).Select(mail => mail.Template).ShouldBe(["email_confirmation", "password_reset"]);

        // After seven days it is the new one's alone.
        host.Time.Advance(TimeSpan.FromDays(7));
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "bob" })).ShouldBe(HttpStatusCode.Accepted);
        (await host.MailsAsync(owner.Slug, New, 3)).Count.ShouldBe(3);
        (await host.MailsAsync(owner.Slug, Old, 4)).Count.ShouldBe(4);
    }

    [Fact, Trait("Threat", "T25")]
    public async Task Forgot_WithinSevenDaysOfAChange_TellsBothAddresses()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        await host.ChangeEmailAsync(owner, bob.Id, New);
        await host.MailsAsync(owner.Slug, Old, 2);

        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "bob" })).ShouldBe(HttpStatusCode.Accepted);

        (await host.MailsAsync(owner.Slug, New, 2))[^1].Template.ShouldBe("password_reset");
        (await host.MailsAsync(owner.Slug, Old, 3))[^1].Template.ShouldBe("password_reset_requested");
    }

    [Fact, Trait("Threat", "T24"), Trait("Threat", "T26")]
    public async Task Confirm_OfTheLink_WorksOnceAndOthersAreRefusedAlike()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "bob" })).ShouldBe(HttpStatusCode.Accepted);
        var reset = await host.LinkAsync(owner.Slug, Old, "password_reset");
        (await host.RequestEmailAsync(owner, bob.Id, New)).ShouldBe(HttpStatusCode.OK);
        var token = await host.LinkAsync(owner.Slug, New);

        foreach (var wrong in new[] { "", "x", new string('A', 102), bob.Token, bob.Id, reset, token[..^1] + (token[^1] == 'A' ? 'B' : 'A') })
        {
            var refused = (await host.ConfirmEmailAsync(wrong)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
            refused.Text.ShouldNotContain("bob");
        }

        (await host.SendAsync("POST", "/v1/password/reset", new { token, newPassword = NewPassword })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        (await host.SendAsync("POST", "/v1/email/confirm", new { })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/token", "missing")]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.ConfirmEmailAsync(token)));
        answers.Count(answer => answer.Status == HttpStatusCode.NoContent).ShouldBe(1);
        answers.Count(answer => answer.Code == "invalid_token").ShouldBe(9);
        var used = answers.First(answer => answer.Code == "invalid_token");
        used.Comparable.ShouldBe((await host.ConfirmEmailAsync("x")).Comparable);
        (await ReadAsync(owner, bob.Id)).ShouldBe((New, true, null));
        (await host.ValidateAsync(bob.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact, Trait("Threat", "T26")]
    public async Task Confirm_AfterADay_IsRefusedAndNothingWaits()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        (await host.RequestEmailAsync(owner, bob.Id, New)).ShouldBe(HttpStatusCode.OK);
        var token = await host.LinkAsync(owner.Slug, New);
        host.Time.Advance(TimeSpan.FromHours(24));

        (await host.ConfirmEmailAsync(token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");

        var again = owner with { Token = (await host.SignInAsync(owner)).Token };
        (await ReadAsync(again, bob.Id)).ShouldBe((Old, false, null));
        (await ListedAsync(again, bob.Id)).ShouldBe((Old, false, null));
    }

    [Fact, Trait("Threat", "T25")]
    public async Task Change_Again_ReplacesTheAddressThatWaitsAndBackWithdrawsIt()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        (await host.RequestEmailAsync(owner, bob.Id, New)).ShouldBe(HttpStatusCode.OK).String("pendingEmail").ShouldBe(New);
        var first = await host.LinkAsync(owner.Slug, New);
        (await host.RequestEmailAsync(owner, bob.Id, "bob@third.example")).ShouldBe(HttpStatusCode.OK).String("pendingEmail").ShouldBe("bob@third.example");
        var second = await host.LinkAsync(owner.Slug, "bob@third.example");

        (await host.ConfirmEmailAsync(first)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        (await host.RequestEmailAsync(owner, bob.Id, Old)).ShouldBe(HttpStatusCode.OK).String("pendingEmail").ShouldBeNull();

        (await host.ConfirmEmailAsync(second)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        (await ReadAsync(owner, bob.Id)).ShouldBe((Old, false, null));
        (await host.MailsAsync(owner.Slug, Old, 2)).Select(mail => mail.Template).ShouldBe(["email_changed", "email_changed"]);
    }

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T52")]
    public async Task PendingAddress_IsShownToManagersAndTheUserOnly()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var vera = await host.NewUserAsync(owner, "vera", "viewer");
        var key = await host.NewKeyAsync(owner, "read");
        var stranger = await host.NewTenantAsync();
        (await host.RequestEmailAsync(owner, bob.Id, New)).ShouldBe(HttpStatusCode.OK);
        var users = $"/v1/tenants/{owner.Slug}/users";

        (await ReadAsync(owner, bob.Id)).ShouldBe((Old, false, New));
        (await ListedAsync(owner, bob.Id)).ShouldBe((Old, false, New));
        var me = (await host.SendAsync("GET", "/v1/me", token: bob.Token)).ShouldBe(HttpStatusCode.OK);
        (me.String("email"), me.Json.GetProperty("emailVerified").GetBoolean(), me.String("pendingEmail")).ShouldBe((Old, false, New));
        foreach (var token in new[] { vera.Token, key.Text })
        {
            foreach (var path in new[] { users, $"{users}/{bob.Id}", $"{users}?q=bob" })
            {
                var text = (await host.SendAsync("GET", path, token: token)).ShouldBe(HttpStatusCode.OK).Text;
                text.ShouldContain(Old);
                foreach (var hidden in new[] { "pendingEmail", "emailVerified", "new.example" }) text.ShouldNotContain(hidden);
            }
        }

        (await host.SendAsync("GET", $"{users}?email={New}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty("it does not count yet");
        (await host.SendAsync("GET", $"{users}/{bob.Id}", token: stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T46")]
    public async Task Change_ByOthersThanManagers_IsRefusedAndTellsNobody()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var stranger = await host.NewTenantAsync();

        (await host.RequestEmailAsync(bob, bob.Id, New)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.RequestEmailAsync(bob, owner.Id, New)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.RequestEmailAsync(stranger, bob.Id, New)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.RequestEmailAsync(owner with { Token = stranger.Token }, bob.Id, New)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.RequestEmailAsync(owner, bob.Id, "no address")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/email", "invalid_email")]);
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{bob.Id}", new { email = New, status = "disabled" }, owner.Token))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/email", "user_disabled")]);

        (await host.MailsAsync(owner.Slug, Old, 0)).ShouldBeEmpty();
        (await host.MailsAsync(owner.Slug, New, 0)).ShouldBeEmpty();
        (await ReadAsync(owner, bob.Id)).ShouldBe((Old, false, null));
    }

    [Fact, Trait("Threat", "T3")]
    public async Task Change_FourTimesAnHour_IsTooMuch()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        for (var i = 0; i < 3; i++) (await host.RequestEmailAsync(owner, bob.Id, $"{i}@example.com")).ShouldBe(HttpStatusCode.OK);

        (await host.RequestEmailAsync(owner, bob.Id, New)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts").Header("Retry-After").ShouldBe("3600");

        (await ReadAsync(owner, bob.Id)).Pending.ShouldBe("2@example.com");
        (await host.MailsAsync(owner.Slug, New, 0)).ShouldBeEmpty();
    }

    [Fact, Trait("Threat", "T22")]
    public async Task ChangeOwn_WithThePassword_WaitsAndCountsOnceConfirmed()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");

        (await ChangeOwnAsync(bob, New, "Wrong-Harbour-71")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await ChangeOwnAsync(bob, "no address", bob.Password)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/email", "invalid_email")]);
        (await host.SendAsync("POST", "/v1/me/email", new { email = New }, bob.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/password", "missing")]);
        (await host.SendAsync("POST", "/v1/me/email", new { email = New, password = bob.Password })).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.MailsAsync(owner.Slug, New, 0)).ShouldBeEmpty();

        (await ChangeOwnAsync(bob, New, bob.Password)).ShouldBe(HttpStatusCode.Accepted).Text.ShouldBeEmpty();

        (await host.MailsAsync(owner.Slug, Old, 1)).ShouldHaveSingleItem().Data["by"].ShouldBe("owner");
        (await host.ConfirmEmailAsync(await host.LinkAsync(owner.Slug, New))).ShouldBe(HttpStatusCode.NoContent);
        (await ReadAsync(owner, bob.Id)).ShouldBe((New, true, null));
        var log = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?target={bob.Id}&action=user.updated", token: owner.Token)).Items;
        log.Select(e => (e.GetProperty("outcome").GetString(), e.GetProperty("reason").GetString(), Path(e))).ShouldBe(
            [("success", null, "/email"), ("success", null, "/pendingEmail"), ("failure", "wrong_password", null)]);
        log.ShouldAllBe(e => e.GetProperty("actor").GetProperty("id").GetString() == bob.Id);

        static string? Path(JsonElement entry) => entry.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("path").GetString()).SingleOrDefault();
    }

    [Fact, Trait("Threat", "T22")]
    public async Task ChangeOwn_WithASecondFactor_TakesAFreshProofOfIt()
    {
        var enrolled = await host.NewEnrolledAsync();
        var mine = await host.SignInWithCodeAsync(enrolled);
        host.Time.Advance(TimeSpan.FromMinutes(15.5));
        (await ChangeOwnAsync(mine, New, mine.Password)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        (await host.RequestEmailAsync(mine, mine.Id, New)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");

        mine = await host.SignInWithCodeAsync(enrolled);

        (await ChangeOwnAsync(mine, New, mine.Password)).ShouldBe(HttpStatusCode.Accepted);
        (await host.RequestEmailAsync(mine, mine.Id, "owner@third.example")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact, Trait("Threat", "T22")]
    public async Task ChangeOfAManagersOwn_FromAnOldSession_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        host.Time.Advance(TimeSpan.FromMinutes(15.5));

        (await host.RequestEmailAsync(owner, owner.Id, New)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");

        (await host.MailsAsync(owner.Slug, New, 0)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Reset_ByTheLinkInTheMailbox_VerifiesTheAddress()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        (await ReadAsync(owner, bob.Id)).ShouldBe((Old, false, null));
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "bob" })).ShouldBe(HttpStatusCode.Accepted);

        (await host.SendAsync("POST", "/v1/password/reset", new { token = await host.LinkAsync(owner.Slug, Old, "password_reset"), newPassword = NewPassword })).ShouldBe(HttpStatusCode.NoContent);

        (await ReadAsync(owner, bob.Id)).ShouldBe((Old, true, null));
        (await ListedAsync(owner, bob.Id)).ShouldBe((Old, true, null));
    }

    [Fact]
    public async Task Change_WithARoleInOneCall_WaitsAndTheRoleHolds()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");

        var changed = (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{bob.Id}", new { email = New, role = "editor" }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (changed.String("role"), changed.String("pendingEmail")).ShouldBe(("editor", New));
        (await host.ConfirmEmailAsync(await host.LinkAsync(owner.Slug, New))).ShouldBe(HttpStatusCode.NoContent);
    }

    /// <summary>Whoever lets a foreign address wait gets to see nothing that is on its way to its owner, and takes none of it along.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task PendingAddressOfSomebodyElse_ExportAndErasure_LeaveTheirMessagesAlone()
    {
        await using var own = await new PlatformHost("--Platform:Notifications:Smtp:Host=127.0.0.1", "--Platform:Notifications:Smtp:Port=1").StartedAsync();
        var owner = await own.NewTenantAsync();
        var eve = await own.NewUserAsync(owner, "eve", "viewer");
        (await own.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "owner" })).ShouldBe(HttpStatusCode.Accepted);
        (await own.SendAsync("POST", "/v1/me/email", new { email = "owner@example.com", password = eve.Password }, eve.Token)).ShouldBe(HttpStatusCode.Accepted);

        var archive = await own.ExportAsync(eve, eve.Token);

        archive.Json("notifications.json").EnumerateArray().Select(message => message.GetProperty("template").GetString()).ShouldBe(["email_changed", "email_confirmation"], ignoreOrder: true);
        archive.Json("profile.json").GetProperty("pendingEmail").GetString().ShouldBe("owner@example.com");
        (await own.EraseAsync(eve, owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        var waiting = await own.Service<Platform.Notifications.Notifier>().FindAsync(_ => true, default);
        waiting.ShouldHaveSingleItem().Template.ShouldBe("password_reset");
    }

    [Fact, Trait("Threat", "T27"), Trait("Threat", "T77")]
    public async Task Link_WithAPageConfigured_HasItsAddressAndItsTokenLiesNowhereAtRest()
    {
        var own = await new PlatformHost(
            "--Platform:Notifications:EmailConfirmationPage=https://app.example.com/confirm", "--Platform:Notifications:ResetPage=https://app.example.com/reset").StartedAsync();
        var owner = await own.NewTenantAsync();
        var bob = await own.NewUserAsync(owner, "bob", "viewer");
        (await own.RequestEmailAsync(owner, bob.Id, New)).ShouldBe(HttpStatusCode.OK);

        var mail = (await own.MailsAsync(owner.Slug, New, 1)).ShouldHaveSingleItem();

        mail.Data["link"].ShouldBe($"https://app.example.com/confirm#token={mail.Data["token"]}");
        mail.Text.ShouldContain(mail.Data["link"]);
        await own.DisposeStartedAsync();
        (await TestDatabases.DumpAsync(own.Folder)).ShouldNotContain(mail.Data["token"], Case.Sensitive);
        await own.RemoveDataAsync();
    }

    private Task<Answer> ChangeOwnAsync(TestUser user, string email, string password) => host.SendAsync("POST", "/v1/me/email", new { email, password }, user.Token);

    private async Task<(string? Email, bool Verified, string? Pending)> ReadAsync(TestUser manager, string user) =>
        Of((await host.SendAsync("GET", $"/v1/tenants/{manager.Slug}/users/{user}", token: manager.Token)).ShouldBe(HttpStatusCode.OK).Json);

    private async Task<(string? Email, bool Verified, string? Pending)> ListedAsync(TestUser manager, string user) => Of(
        (await host.SendAsync("GET", $"/v1/tenants/{manager.Slug}/users", token: manager.Token)).ShouldBe(HttpStatusCode.OK).Items.Single(item => item.GetProperty("id").GetString() == user));

    private static (string?, bool, string?) Of(JsonElement user) =>
        (user.GetProperty("email").GetString(), user.GetProperty("emailVerified").GetBoolean(), user.GetProperty("pendingEmail").GetString());
}
