using Platform.Api.Tests.ForwardedHeaders;
using Platform.Api.Tests.Users;

namespace Platform.Api.Tests.Sessions;

public sealed class SignInNoticeTests(ProxiedHost host) : IClassFixture<ProxiedHost>
{
    private const string Home = "198.51.100.7";
    private const string Elsewhere = "203.0.113.9";
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
    private const string NewerFirefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0";
    private const string Chrome = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36";

    [Fact, Trait("Threat", "T25")]
    public async Task SignIn_WithANewDeviceOrFromANewNetwork_IsToldAndOthersAreNot()
    {
        var nina = await NewUserAsync();
        await SignInAsync(nina, Home, Firefox);
        await SignInAsync(nina, "198.51.100.200", NewerFirefox);
        (await NoticesAsync(nina, 0)).ShouldBeEmpty("the first sign-in, and one from the same place with an update, are no news");

        await SignInAsync(nina, Home, Chrome);
        await SignInAsync(nina, Elsewhere, Firefox);
        await SignInAsync(nina, Elsewhere, Chrome);

        var notices = await NoticesAsync(nina, 2);
        notices.Select(notice => (notice.Data["device"], notice.Data["ip"])).ShouldBe([("Chrome on Android", Home), ("Firefox on Windows", Elsewhere)]);
        notices[0].Data["at"].ShouldEndWith("Z");
        foreach (var part in new[] { "nina", nina.Slug, "Chrome on Android", Home, notices[0].Data["token"] }) notices[0].Text.ShouldContain(part);
    }

    [Fact, Trait("Threat", "T25"), Trait("Threat", "T24")]
    public async Task End_ByTheLinkInTheNotice_EndsThatSessionOnceAndSignsNobodyIn()
    {
        var nina = await NewUserAsync();
        var mine = await SignInAsync(nina, Home, Firefox);
        var stolen = await SignInAsync(nina, Elsewhere, Chrome);
        var token = (await NoticesAsync(nina, 1))[0].Data["token"];
        foreach (var wrong in new[] { "", "x", new string('A', 102), stolen, nina.Id, token[..^1] + (token[^1] == 'A' ? 'B' : 'A') }) await RefusedAsync(wrong);
        (await host.SendFromAsync(Home, "POST", "/v1/password/reset", new { token, newPassword = "Amber-Lantern-48" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");

        var ended = (await EndAsync(token)).ShouldBe(HttpStatusCode.NoContent);

        ended.Text.ShouldBeEmpty();
        ended.Message.Headers.Contains("Set-Cookie").ShouldBeFalse();
        (await ValidateAsync(stolen)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await ValidateAsync(mine)).ShouldBe(HttpStatusCode.NoContent);
        await RefusedAsync(token);
        var entry = (await host.SendFromAsync(Home, "GET", $"/v1/tenants/{nina.Slug}/audit-events?action=session.revoked", token: nina.Token)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
        (entry.GetProperty("reason").GetString(), entry.GetProperty("actor").GetProperty("id").GetString()).ShouldBe(("sign_in_notice", nina.Id));
    }

    /// <summary>Whoever has the password, too, lets another address wait before the owner reads the notice.</summary>
    [Fact, Trait("Threat", "T25")]
    public async Task End_OfASession_WithdrawsTheAddressThatItAskedFor()
    {
        var nina = await NewUserAsync();
        await SignInAsync(nina, Home, Firefox);
        var stolen = await SignInAsync(nina, Elsewhere, Chrome);
        var token = (await NoticesAsync(nina, 1))[0].Data["token"];
        var mailbox = $"thief@{nina.Slug}.example";
        (await host.SendFromAsync(Elsewhere, "POST", "/v1/me/email", new { email = mailbox, password = nina.Password }, stolen)).ShouldBe(HttpStatusCode.Accepted);
        var link = await host.LinkAsync(nina.Slug, mailbox);

        (await EndAsync(token)).ShouldBe(HttpStatusCode.NoContent);

        (await host.SendFromAsync(Elsewhere, "POST", "/v1/email/confirm", new { token = link })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
    }

    [Fact, Trait("Threat", "T26")]
    public async Task End_OfASessionThatIsOver_IsRefused()
    {
        var nina = await NewUserAsync();
        await SignInAsync(nina, Home, Firefox);
        await SignInAsync(nina, Elsewhere, Chrome);
        var token = (await NoticesAsync(nina, 1))[0].Data["token"];

        host.Time.Advance(TimeSpan.FromDays(1));

        await RefusedAsync(token);
    }

    /// <summary>Whoever moves about all day, or knows the password and makes noise, causes five mails a day.</summary>
    [Fact, Trait("Threat", "T3")]
    public async Task SignIn_FromManyNetworks_IsToldFiveTimesADayAndAgainTheNext()
    {
        var nina = await NewUserAsync();
        await SignInAsync(nina, Home, Firefox);
        for (var i = 1; i <= 7; i++) await SignInAsync(nina, $"192.0.{i}.1", Firefox);
        (await NoticesAsync(nina, 5)).Count.ShouldBe(5);

        host.Time.Advance(TimeSpan.FromDays(1));
        await SignInAsync(nina, Elsewhere, Firefox);

        (await NoticesAsync(nina, 6)).Count.ShouldBe(6);
    }

    [Fact]
    public async Task List_OfOwnSessions_NamesTheDevice()
    {
        var nina = await NewUserAsync();
        await SignInAsync(nina, Home, Firefox);
        var token = await SignInAsync(nina, Elsewhere, Chrome);

        var listed = (await host.SendFromAsync(Elsewhere, "GET", "/v1/me/sessions", token: token)).ShouldBe(HttpStatusCode.OK).Items;
        listed.Select(session => session.GetProperty("device").GetString()).ShouldBe(["Chrome on Android", "Firefox on Windows"]);
    }

    [Fact]
    public async Task Notice_WithAPageConfigured_HasItsLink()
    {
        await using var own = await new PlatformHost("--Platform:Notifications:SessionEndPage=https://app.example.com/not-me").StartedAsync();
        var owner = await own.NewTenantAsync();
        var credentials = new { tenant = owner.Slug, username = "owner", password = ApiCalls.Password, transport = "token" };
        (await own.SendAsync("POST", "/v1/sign-in", credentials, headers: [("User-Agent", Chrome)])).ShouldBe(HttpStatusCode.OK);

        var mail = (await own.MailsAsync(owner.Slug, "owner@example.com", 1)).ShouldHaveSingleItem();

        mail.Data["link"].ShouldBe("https://app.example.com/not-me#token=" + mail.Data["token"]);
    }

    /// <summary>The owner of a tenant who has not signed in yet but for the first time.</summary>
    private async Task<TestUser> NewUserAsync()
    {
        var owner = await host.NewTenantAsync();
        var made = (await host.SendFromAsync(
            Home, "POST", $"/v1/tenants/{owner.Slug}/users", new { username = "nina", email = $"nina@{owner.Slug}.example", password = ApiCalls.Password, mustChangePassword = false, role = "viewer" }, owner.Token))
            .ShouldBe(HttpStatusCode.Created);
        return owner with { Id = made.String("id")!, Username = "nina" };
    }

    private async Task<string> SignInAsync(TestUser user, string ip, string userAgent)
    {
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        var answer = await host.SendAsync(
            "POST", "/v1/sign-in", new { tenant = user.Slug, username = user.Username, password = user.Password, transport = "token" }, headers: [("X-Forwarded-For", ip), ("X-Forwarded-Proto", "https"), ("User-Agent", userAgent)]);
        return answer.ShouldBe(HttpStatusCode.OK).String("token")!;
    }

    private async Task<IReadOnlyList<OutboxFiles.Delivered>> NoticesAsync(TestUser user, int count) =>
        [.. (await host.MailsAsync(user.Slug, $"nina@{user.Slug}.example", count)).Where(mail => mail.Template == "new_sign_in")];

    private Task<Answer> ValidateAsync(string token) => host.SendFromAsync(Home, "POST", "/v1/session/validate", token: token);

    private Task<Answer> EndAsync(string token) => host.SendFromAsync("192.0.2.77", "POST", "/v1/sessions/end", new { token });

    private async Task RefusedAsync(string token) => (await EndAsync(token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token").Text.ShouldNotContain("nina");
}
