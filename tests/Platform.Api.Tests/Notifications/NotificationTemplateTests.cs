namespace Platform.Api.Tests.Notifications;

public sealed class NotificationTemplateTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Own = "Hello {{ username }},\n\n{% if link %}{{ link }}{% else %}{{ token }}{% endif %}";

    [Fact]
    public async Task Template_WrittenAnew_IsWhatIsSentUntilItIsReset()
    {
        var owner = await host.NewTenantAsync();
        var ann = await host.NewUserAsync(owner, "ann", "viewer");
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { name = "Größe & Co", language = "de" }, owner.Token)).ShouldBe(HttpStatusCode.OK).String("language").ShouldBe("de");
        (await SendResetAsync(1)).Subject.ShouldBe("Größe & Co: neues Passwort wählen");

        var set = (await SetAsync(owner, "password_reset/de", new { subject = "Für {{ username }}", text = Own })).ShouldBe(HttpStatusCode.OK);
        (set.String("name"), set.String("language"), set.String("channel"), set.Json.GetProperty("custom").GetBoolean()).ShouldBe(("password_reset", "de", "email", true));
        var mail = await SendResetAsync(2);
        mail.Subject.ShouldBe("Für ann");
        mail.Text.ShouldBe($"Hello ann,\n\n{mail.Data["token"]}");
        mail.Html!.ShouldContain("<html lang=\"de\">");
        mail.Data.Keys.ShouldBe(["tenant", "token", "username"], ignoreOrder: true);

        (await host.SendAsync("DELETE", PathOf(owner, "password_reset/de"), token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await SendResetAsync(3)).Subject.ShouldBe("Größe & Co: neues Passwort wählen");
        var log = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?action=notification_template.set", token: owner.Token)).Items.ShouldHaveSingleItem();
        log.GetProperty("target").GetProperty("id").GetString().ShouldBe("password_reset/de");

        async Task<OutboxFiles.Delivered> SendResetAsync(int number)
        {
            host.Time.Advance(TimeSpan.FromHours(1));
            var session = await host.SignInAsync(owner);
            (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users/{ann.Id}/password-reset", token: session.Token)).ShouldBe(HttpStatusCode.Accepted);
            owner = owner with { Token = session.Token };
            return (await OutboxFiles.WaitForAsync(host.Folder, number, file => file.Template == "password_reset" && file.Data["tenant"] == owner.Slug))[number - 1];
        }
    }

    [Fact]
    public async Task List_OfALanguage_ShowsEachWithWhatItMayName()
    {
        var owner = await host.NewTenantAsync();
        var english = (await host.SendAsync("GET", PathOf(owner), token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
        var german = (await host.SendAsync("GET", PathOf(owner) + "?language=de", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items;

        var names = english.Select(item => item.GetProperty("name").GetString()).ToArray();
        names.ShouldBe(names.Order(StringComparer.Ordinal));
        names.ShouldContain("sign_in_code");
        names.ShouldNotContain("vulnerability_report_received", "the platform's own");
        german.Select(item => item.GetProperty("name").GetString()).ShouldBe(names);
        german[0].GetProperty("text").GetString().ShouldNotBe(english[0].GetProperty("text").GetString());
        var reset = english.Single(item => item.GetProperty("name").GetString() == "password_reset");
        reset.GetProperty("variables").EnumerateArray().Select(name => name.GetString()).ShouldBe(["link", "tenant", "tenantName", "token", "username"]);
        (await host.SendAsync("GET", PathOf(owner) + "?language=fr", token: owner.Token)).Errors.ShouldBe([("?language", "invalid_language")]);
    }

    [Fact]
    public async Task Preview_OfADraft_ShowsItWithMadeUpDataAndSavesNothing()
    {
        var owner = await host.NewTenantAsync("trial");

        var preview = (await host.SendAsync("POST", PathOf(owner, "password_reset/en/preview"), new { subject = "{{ tenantName }} <{{ username }}>", text = Own }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        preview.String("subject").ShouldBe($"{owner.Slug} <ann>");
        preview.String("text").ShouldBe("Hello ann,\n\nhttps://app.example/reset#token=sample");
        preview.String("html")!.ShouldContain("<a href=\"https://app.example/reset#token=sample\"");
        preview.String("html")!.ShouldContain("&lt;ann&gt;</title>");
        (await host.SendAsync("GET", PathOf(owner, "password_reset/en"), token: owner.Token)).Json.GetProperty("custom").GetBoolean().ShouldBeFalse();
        (await SetAsync(owner, "password_reset/en", new { subject = "x", text = Own })).ShouldBeProblem(HttpStatusCode.Forbidden, "edition_required");
    }

    [Theory]
    [InlineData("password_reset/en", null, Own, "/subject", "missing")]
    [InlineData("password_reset/en", "x", "{{ token }}", "/text", "missing_variable")]
    [InlineData("password_reset/en", "x", Own + "{{ pasword }}", "/text", "unknown_variable")]
    [InlineData("password_reset/en", "x", "{% if link %}", "/text", "invalid_template")]
    [InlineData("password_reset/en", "x", Own + "{{ username | raw }}", "/text", "invalid_template")]
    [InlineData("sign_in_code/de", "x", "{{ code }}", "/subject", "not_taken")]
    [InlineData("sign_in_code/de", null, "no code", "/text", "missing_variable")]
    public async Task Set_OfNoUseToItsReceiver_IsRefusedAndNothingChanges(string template, string? subject, string text, string pointer, string code)
    {
        var owner = await host.NewTenantAsync();
        var before = (await host.SendAsync("GET", PathOf(owner, template), token: owner.Token)).ShouldBe(HttpStatusCode.OK).Text;

        (await SetAsync(owner, template, new { subject, text })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, code)]);

        (await host.SendAsync("GET", PathOf(owner, template), token: owner.Token)).Text.ShouldBe(before);
    }

    [Fact, Trait("Threat", "T44")]
    public async Task Calls_ByOthersThanManagersOrForWhatIsNotThere_AreRefused()
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        foreach (var (method, path, body) in new (string, string, object?)[] { ("GET", "", null), ("GET", "password_reset/en", null), ("PUT", "password_reset/en", Draft), ("DELETE", "password_reset/en", null), ("POST", "password_reset/en/preview", Draft) })
        {
            (await host.SendAsync(method, PathOf(owner, path), body, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await host.SendAsync(method, PathOf(owner, path), body, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }

        foreach (var absent in new[] { "no_such/en", "password_reset/fr", "vulnerability_report_received/en", "sign_ins_sprayed/en" })
        {
            (await SetAsync(owner, absent, Draft)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Fact]
    public async Task Change_ToALanguageThatIsNotShipped_IsRefused()
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { language = "fr" }, owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/language", "unknown_language")]);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token)).String("language").ShouldBe("en");
    }

    private static object Draft => new { subject = "x", text = Own };

    private static string PathOf(TestUser owner, string path = "") => $"/v1/tenants/{owner.Slug}/notification-templates{(path.Length == 0 ? "" : "/")}{path}";

    private Task<Answer> SetAsync(TestUser owner, string template, object draft) => host.SendAsync("PUT", PathOf(owner, template), draft, owner.Token);
}
