using Platform.Api.Tests.SecondFactors;
using Platform.Api.Tests.Support;

namespace Platform.Api.Tests.Tenants;

/// <summary>Text that can be neither normalised nor shown is refused wherever something is named, and nothing of the change is made (threat T12).</summary>
public sealed class NameTextTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Good = "Good name";

    public static TheoryData<string> Bad => new("a\ufffe", "a\uffff", "\ufdd0", "a\0b", "a\u0007", "a\u200bb", "a\ufe0f", "\u3164", "\U000e0041a", "a\U0001fffe", "\U0010ffffa", "\n", "");

    [Theory, Trait("Threat", "T12")]
    [MemberData(nameof(Bad))]
    public async Task Name_ThatCannotBeShown_IsRefusedEverywhereAndNothingIsChanged(string bad)
    {
        var owner = await host.NewTenantAsync();
        var supporter = await host.NewOperatorAsync();
        var user = await host.NewUserAsync(owner, "bob", "viewer");
        var tenants = $"/v1/tenants/{owner.Slug}";
        var scenario = (await host.SendAsync("POST", $"{tenants}/scenarios", new { name = Good, kind = "scenario", content = 1 }, owner.Token)).ShouldBe(HttpStatusCode.Created).String("id");
        var admin = new { username = "owner", email = "owner@example.com", password = ApiCalls.Password };
        var newcomer = PlatformHostCalls.NewSlug();
        (string Method, string Path, object Body, string Token)[] calls =
        [
            ("PATCH", tenants, new { name = bad }, owner.Token),
            ("PATCH", $"/v1/operator/tenants/{owner.Slug}", new { name = bad, edition = "enterprise" }, await host.OperatorTokenAsync()),
            ("POST", "/v1/operator/tenants", new { slug = newcomer, name = bad, edition = "trial", admin }, await host.OperatorTokenAsync()),
            ("POST", "/v1/operator/tenants", new { slug = newcomer, name = Good, edition = "trial", admin = new { username = bad, admin.email, admin.password } }, await host.OperatorTokenAsync()),
            ("POST", $"{tenants}/users", new { username = bad, email = "a@example.com", password = ApiCalls.Password, role = "viewer" }, owner.Token),
            ("POST", $"{tenants}/users", new { username = "eve", email = $"{bad}@example.com", password = ApiCalls.Password, role = "viewer" }, owner.Token),
            ("PATCH", $"{tenants}/users/{user.Id}", new { email = $"a@{bad}.example.com", status = "disabled" }, owner.Token),
            ("POST", $"{tenants}/roles", new { name = bad, permissions = new[] { "read" } }, owner.Token),
            ("POST", $"{tenants}/scenarios", new { name = bad, kind = "scenario", content = 1 }, owner.Token),
            ("PUT", $"{tenants}/scenarios/{scenario}", new { name = bad, kind = "scenario", content = 2 }, owner.Token),
            ("POST", $"{tenants}/api-keys", new { name = bad, scopes = new[] { "read" } }, owner.Token),
            ("POST", $"{tenants}/support-grants", new { reason = bad, ticket = "SUP-1", duration = "PT1H", breakGlass = true }, supporter.Token),
            ("POST", $"{tenants}/support-grants", new { reason = Good, ticket = bad, duration = "PT1H", breakGlass = true }, supporter.Token),
        ];
        var before = await SnapshotAsync(owner, tenants, scenario!);

        foreach (var (method, path, body, token) in calls)
        {
            (await host.SendAsync(method, path, body, token, cookie: null, ("If-Match", "*"))).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        }

        (await SnapshotAsync(owner, tenants, scenario!)).ShouldBe(before);
        (await host.SendAsync("GET", $"/v1/operator/tenants/{newcomer}", token: await host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", $"{tenants}/audit-events?limit=200", token: owner.Token)).Text.ShouldNotContain("not_completed");
        (await host.ChangeTenantAsync(owner.Slug, new { edition = "enterprise" })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("a\ufffe")]
    [InlineData("\ufdd0")]
    [InlineData("a\0b")]
    [InlineData("a\u001b[31m")]
    [InlineData("\n \t")]
    public async Task Comment_WithControlCharacters_IsRefused(string text)
    {
        var owner = await host.NewTenantAsync();
        var scenarios = $"/v1/tenants/{owner.Slug}/scenarios";
        var id = (await host.SendAsync("POST", scenarios, new { name = Good, kind = "scenario", content = 1 }, owner.Token)).String("id");

        (await host.SendAsync("POST", $"{scenarios}/{id}/comments", new { text }, owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/text", "invalid_text")]);
        (await host.SendAsync("POST", $"{scenarios}/{id}/comments", new { text = "Two lines\n\tof 👩‍👩‍👧" }, owner.Token)).ShouldBe(HttpStatusCode.Created);
    }

    /// <summary>A search for what no name can be finds nothing; it is no fault of the server's.</summary>
    [Theory]
    [InlineData("%EF%BF%BE")]
    [InlineData("%00")]
    [InlineData("a%00b")]
    [InlineData("%ED%A0%80")]
    [InlineData("%F4%8F%BF%BF")]
    public async Task Search_ForATextThatNoNameCanBe_FindsNothing(string escaped)
    {
        (await host.SendAsync("GET", $"/v1/operator/tenants?search={escaped}", token: await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();
        var owner = await host.NewTenantAsync();
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?username={escaped}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();
    }

    /// <summary>Case folding, not lower-casing: one person, one name, however it is typed.</summary>
    [Theory, Trait("Threat", "T12")]
    [InlineData("νίκος", "νίκοσ", "ΝΊΚΟΣ")]
    [InlineData("straße", "STRAẞE", "Straße")]
    public async Task Username_InAnotherCase_IsTheSameUser(string name, string second, string third)
    {
        var owner = await host.NewTenantAsync();
        var users = $"/v1/tenants/{owner.Slug}/users";
        object User(string username) => new { username, email = "a@example.com", password = ApiCalls.Password, mustChangePassword = false, role = "viewer" };
        (await host.SendAsync("POST", users, User(name), owner.Token)).ShouldBe(HttpStatusCode.Created);

        foreach (var other in new[] { second, third })
        {
            (await host.SendAsync("POST", users, User(other), owner.Token)).ShouldBeProblem(HttpStatusCode.Conflict, "username_taken");
            (await host.TrySignInAsync(owner.Slug, other, ApiCalls.Password)).ShouldBe(HttpStatusCode.OK);
            (await host.SendAsync("GET", $"{users}?username={Uri.EscapeDataString(other)}", token: owner.Token)).Items.ShouldHaveSingleItem().GetProperty("username").GetString().ShouldBe(name);
        }

        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { name = name + owner.Slug }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var found = await host.SendAsync("GET", $"/v1/operator/tenants?search={Uri.EscapeDataString(third + owner.Slug)}", token: await host.OperatorTokenAsync());
        found.ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem().GetProperty("slug").GetString().ShouldBe(owner.Slug);
    }

    /// <summary>The secret is stored before its QR code is drawn, so the code must hold whatever names there are.</summary>
    [Theory]
    [InlineData('漢', "漢")]
    [InlineData('\uFB1D', "a:b:c")]
    [InlineData(':', "שש")]
    public async Task Enrolment_WithTheLongestNames_FitsItsQrCode(char letter, string user)
    {
        var owner = await host.NewTwoFactorTenantAsync();
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { name = new string(letter, 200) }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var username = string.Concat(Enumerable.Repeat(user, 64 / user.Length));
        var member = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", new { username, email = "a@example.com", password = ApiCalls.Password, mustChangePassword = false, role = "viewer" }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var session = await host.SignInAsync(owner.Slug, username, ApiCalls.Password);

        var enrolled = await host.EnrolAsync(owner with { Id = member.String("id")!, Username = username, Token = session.Token });

        enrolled.App.Account.ShouldNotContain(':');
        enrolled.App.Issuer.ShouldNotContain(':');
    }

    private async Task<string> SnapshotAsync(TestUser owner, string tenants, string scenario)
    {
        string[] paths = ["", "/users", "/roles", "/scenarios", $"/scenarios/{scenario}", $"/scenarios/{scenario}/history", "/api-keys", "/support-grants"];
        var texts = new List<string>();
        foreach (var path in paths) texts.Add((await host.SendAsync("GET", tenants + path, token: owner.Token)).ShouldBe(HttpStatusCode.OK).Text);
        texts.Add((await host.SendAsync("GET", $"/v1/operator/tenants?search={owner.Slug}", token: await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.OK).Text);
        return string.Join('\n', texts);
    }
}
