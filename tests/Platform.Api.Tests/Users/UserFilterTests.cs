using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Users;

public sealed class UserFilterTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task List_EachFilter_ShowsThoseForWhomItHolds()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var vera = await NewUserAsync(owner, "vera", "viewer");
        var ben = await NewUserAsync(owner, "ben", "editor");
        await host.EnrolAsync(ben);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{vera.Id}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/roles", new { name = "analyst", permissions = new[] { "read" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var never = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "nils", email = "n@other.test", password = ApiCalls.Password, role = "analyst" }, owner.Token)).ShouldBe(HttpStatusCode.Created).String("id");
        var now = Uri.EscapeDataString(host.Time.GetUtcNow().AddSeconds(1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture));

        (await NamesAsync("")).ShouldBe(["owner", "vera", "ben", "nils"]);
        (await NamesAsync("?status=disabled")).ShouldBe(["vera"]);
        (await NamesAsync("?status=active")).ShouldBe(["owner", "ben", "nils"]);
        (await NamesAsync("?role=editor")).ShouldBe(["ben"]);
        (await NamesAsync("?role=analyst")).ShouldBe(["nils"]);
        (await NamesAsync("?role=owner")).ShouldBe(["owner"]);
        (await NamesAsync("?secondFactor=none")).ShouldBe(["owner", "vera", "nils"]);
        (await NamesAsync("?secondFactor=any")).ShouldBe(["ben"]);
        (await NamesAsync("?secondFactor=totp")).ShouldBe(["ben"]);
        (await NamesAsync("?secondFactor=sms")).ShouldBeEmpty();
        (await NamesAsync("?secondFactor=none&status=active")).ShouldBe(["owner", "nils"]);
        (await NamesAsync("?lastSignInBefore=2000-01-01T00:00:00Z")).ShouldBe(["nils"], "who never signed in has not since then");
        (await NamesAsync($"?lastSignInBefore={now}")).ShouldBe(["owner", "vera", "ben", "nils"]);
        (await NamesAsync("?email=BEN@example.com")).ShouldBe(["ben"]);
        (await NamesAsync("?q=other")).ShouldBe(["nils"]);
        (await NamesAsync("?q=E")).ShouldBe(["owner", "vera", "ben", "nils"], "the addresses count too");
        (await NamesAsync("?q=ve&status=active")).ShouldBeEmpty();
        (await NamesAsync("?username=vera&email=ben@example.com")).ShouldBeEmpty();

        var shown = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: owner.Token)).Items;
        shown[2].GetProperty("secondFactors").EnumerateArray().Select(method => method.GetString()).ShouldBe(["totp"]);
        shown[2].GetProperty("lastSignInAt").GetDateTimeOffset().ShouldBe((await host.PeekAsync(ben.Token)).Json.GetProperty("createdAt").GetDateTimeOffset());
        shown[3].GetProperty("id").GetString().ShouldBe(never);
        shown[3].GetProperty("secondFactors").EnumerateArray().ShouldBeEmpty();
        shown[3].GetProperty("emailVerified").GetBoolean().ShouldBeFalse();
        shown[3].GetProperty("pendingEmail").ValueKind.ShouldBe(JsonValueKind.Null);
        shown[3].GetProperty("lastSignInAt").ValueKind.ShouldBe(JsonValueKind.Null);

        async Task<IEnumerable<string?>> NamesAsync(string query) =>
            (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users{query}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items.Select(user => user.GetProperty("username").GetString());
    }

    /// <summary>Who has no second factor, and who is away, helps an attacker choose: only managers learn it, by no filter either.</summary>
    [Fact]
    [Trait("Threat", "T44")]
    public async Task List_ByOthersThanManagers_TellsNothingOfFactorsAndSignIns()
    {
        var owner = await host.NewTenantAsync();
        var vera = await host.NewUserAsync(owner, "vera", "viewer");
        var key = await host.NewKeyAsync(owner, "read");
        var stranger = await host.NewTenantAsync();
        var users = $"/v1/tenants/{owner.Slug}/users";

        foreach (var token in new[] { vera.Token, key.Text })
        {
            foreach (var item in (await host.SendAsync("GET", users, token: token)).ShouldBe(HttpStatusCode.OK).Items)
            {
                item.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "tenantId", "username", "email", "status", "permissions", "role", "createdAt", "passwordChangedAt"]);
            }

            foreach (var query in new[] { "secondFactor=none", "secondFactor=any", "lastSignInBefore=2030-01-01T00:00:00Z", "status=active&secondFactor=totp" })
            {
                (await host.SendAsync("GET", $"{users}?{query}", token: token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            }

            (await host.SendAsync("GET", $"{users}?status=active&q=ver", token: token)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
            (await host.SendAsync("GET", $"{users}?role=none", token: token)).Errors.ShouldBe([("?role", "invalid_role")]);
        }

        var foreign = (await host.SendAsync("GET", $"{users}?q=vera", token: stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        foreign.Comparable.ShouldBe((await host.SendAsync("GET", $"/v1/tenants/{PlatformHostCalls.NewSlug()}/users?q=vera", token: stranger.Token)).Comparable);
        await host.SignOutAsync(vera.Token);
        (await host.SendAsync("GET", $"{users}?q=vera", token: vera.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Theory]
    [InlineData("status=disabeld", "?status", "invalid_status", "Did you mean disabled?")]
    [InlineData("status=Active", "?status", "invalid_status", "Did you mean active?")]
    [InlineData("status=active&status=active", "?status", "invalid_status", "given once")]
    [InlineData("secondFactor=topt", "?secondFactor", "invalid_secondFactor", "Did you mean totp?")]
    [InlineData("secondFactor=", "?secondFactor", "invalid_secondFactor", "totp")]
    [InlineData("role=edtior", "?role", "invalid_role", "editor")]
    [InlineData("role=a%00", "?role", "invalid_role", "editor")]
    [InlineData("lastSignInBefore=yesterday", "?lastSignInBefore", "invalid_lastSignInBefore", "2030-01-31T12:00:00Z")]
    [InlineData("q=", "?q", "invalid_q", "part")]
    [InlineData("q=%20", "?q", "invalid_q", "part")]
    [InlineData("username=", "?username", "invalid_username", "one name")]
    [InlineData("email=", "?email", "invalid_email", "one address")]
    [InlineData("stauts=active", "?stauts", "unknown_parameter", "Did you mean status?")]
    [Trait("Threat", "T90")]
    public async Task List_UnknownValue_NamesItAndTheNearestOne(string query, string pointer, string code, string hint)
    {
        var owner = await host.NewTenantAsync();

        var answer = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?{query}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");

        answer.Errors.ShouldBe([(pointer, code)]);
        answer.Json.GetProperty("errors")[0].GetProperty("detail").GetString()!.ShouldContain(hint);
    }

    [Fact]
    [Trait("Threat", "T51")]
    public async Task Cursor_OfOneFilter_OpensNoOther()
    {
        var owner = await host.NewTenantAsync();
        await NewUserAsync(owner, "vera", "viewer");
        var users = $"/v1/tenants/{owner.Slug}/users";
        var cursor = (await host.SendAsync("GET", $"{users}?limit=1&status=active", token: owner.Token)).ShouldBe(HttpStatusCode.OK).String("nextCursor")!;

        (await host.SendAsync("GET", $"{users}?limit=1&status=active&cursor={cursor}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem().GetProperty("username").GetString().ShouldBe("vera");
        foreach (var other in new[] { "", "&status=disabled", "&status=active&q=e", "&role=owner" })
        {
            (await host.SendAsync("GET", $"{users}?limit=1&cursor={cursor}{other}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("?cursor", "invalid_cursor")]);
        }
    }

    /// <summary>Ids of one moment are in no order.</summary>
    private Task<TestUser> NewUserAsync(TestUser owner, string username, string role)
    {
        host.Time.Advance(TimeSpan.FromSeconds(1));
        return host.NewUserAsync(owner, username, role);
    }
}
