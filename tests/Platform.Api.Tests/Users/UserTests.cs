namespace Platform.Api.Tests.Users;

public sealed class UserTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task List_ByUsername_FindsTheOneOfTheOwnTenantAsSignInComparesIt()
    {
        var owner = await host.NewTenantAsync();
        var ann = await host.NewUserAsync(owner, "Ann-Marie", "viewer");
        var stranger = await host.NewTenantAsync();
        await host.NewUserAsync(stranger, "Zoe", "viewer");

        foreach (var typed in new[] { "Ann-Marie", "ann-marie", "ＡＮＮ-marie" })
        {
            var found = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?username={Uri.EscapeDataString(typed)}", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
            found.Items.ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(ann.Id);
            found.String("nextCursor").ShouldBeNull();
        }

        foreach (var typed in new[] { "ann", "zoe", "a b", "%00", new string('x', 2000) })
        {
            (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?username={typed}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();
        }

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?username=a&username=b", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        var foreign = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?username=ann-marie", token: stranger.Token);
        foreign.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        foreign.Comparable.ShouldBe((await host.SendAsync("GET", "/v1/tenants/no-such/users?username=ann-marie", token: stranger.Token)).Comparable);
    }

    [Fact]
    public async Task Create_WithARole_Is201WithLocationAndTheUserCanSignIn()
    {
        var owner = await host.NewTenantAsync();

        var answer = await CreateAsync(owner, new { username = "bob", email = "bob@example.com", password = owner.Password, mustChangePassword = false, role = "editor" });

        answer.ShouldBe(HttpStatusCode.Created);
        answer.Message.Headers.Location!.ToString().ShouldBe($"/v1/tenants/{owner.TenantId}/users/{answer.String("id")}");
        answer.String("role").ShouldBe("editor");
        answer.String("status").ShouldBe("active");
        answer.Json.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()).ShouldBe(["collaborate", "edit", "read"]);
        (await host.TrySignInAsync(owner.Slug, "BOB", owner.Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Create_WithPermissions_HoldsExactlyThose()
    {
        var owner = await host.NewTenantAsync();

        var answer = await CreateAsync(owner, new { username = "bob", email = "bob@example.com", password = owner.Password, permissions = new[] { "read", "manage-users" } });

        answer.ShouldBe(HttpStatusCode.Created).Json.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()).ShouldBe(["manage-users", "read"]);
        answer.Json.GetProperty("role").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("{\"username\":\"bob\",\"email\":\"b@example.com\",\"password\":\"Quiet-Harbour-71\"}", "/role", "missing")]
    [InlineData("{\"username\":\"bob\",\"email\":\"b@example.com\",\"password\":\"Quiet-Harbour-71\",\"role\":\"viewer\",\"permissions\":[]}", "/role", "missing")]
    [InlineData("{\"username\":\"bob\",\"email\":\"b@example.com\",\"password\":\"Quiet-Harbour-71\",\"role\":\"emperor\"}", "/role", "unknown_role")]
    [InlineData("{\"username\":\"bob\",\"email\":\"b@example.com\",\"password\":\"Quiet-Harbour-71\",\"permissions\":[\"read\",\"fly\"]}", "/permissions/1", "unknown_permission")]
    [InlineData("{\"username\":\"bob\",\"email\":\"b@example.com\",\"password\":\"Quiet-Harbour-71\",\"permissions\":\"read\"}", "/permissions", "wrong_type")]
    [InlineData("{\"username\":\"bob\",\"email\":\"b@example.com\",\"password\":\"Quiet-Harbour-71\",\"permissions\":[7]}", "/permissions/0", "wrong_type")]
    public async Task Create_WithAFaultyMember_NamesIt(string body, string pointer, string code)
    {
        var owner = await host.NewTenantAsync();

        (await CreateAsync(owner, body)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, code)]);
    }

    [Theory]
    [Trait("Threat", "T12")]
    [InlineData("BOB")]
    [InlineData("\uff22\uff2f\uff22")]
    [InlineData("bo\u200bb")]
    [InlineData("b\u043eb")]
    public async Task Create_WithALookAlikeName_IsRefused(string username)
    {
        var owner = await host.NewTenantAsync();
        await host.NewUserAsync(owner, "bob", "viewer");

        var answer = await CreateAsync(owner, new { username, email = "b@example.com", password = owner.Password, mustChangePassword = false, role = "viewer" });

        answer.Status.ShouldBeOneOf(HttpStatusCode.Conflict, HttpStatusCode.BadRequest);
        answer.Code.ShouldBeOneOf("username_taken", "invalid_request");
    }

    [Fact]
    public async Task Create_WithATakenName_Is409()
    {
        var owner = await host.NewTenantAsync();

        (await CreateAsync(owner, new { username = "owner", email = "b@example.com", password = owner.Password, role = "viewer" }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "username_taken");
    }

    [Fact]
    public async Task Create_WithAWeakPassword_NamesEveryUnmetRule()
    {
        var owner = await host.NewTenantAsync();

        (await CreateAsync(owner, new { username = "bob", email = "b@example.com", password = "bxq", role = "viewer" }))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "password_policy")
            .Errors.ShouldBe([("/password", "too_short"), ("/password", "no_upper"), ("/password", "no_digit"), ("/password", "no_symbol")], ignoreOrder: true);
    }

    [Fact]
    [Trait("Threat", "T46")]
    public async Task Grant_OfWhatTheActorLacks_IsForbidden()
    {
        var owner = await host.NewTenantAsync();
        var made = await CreateAsync(owner, new { username = "manager", email = "m@example.com", password = owner.Password, mustChangePassword = false, permissions = new[] { "manage-users", "read" } });
        var manager = owner with { Username = "manager", Id = made.String("id")!, Token = (await host.SignInAsync(owner.Slug, "manager", owner.Password)).Token };

        (await CreateAsync(manager, new { username = "bob", email = "b@example.com", password = owner.Password, role = "editor" })).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SetAsync(manager, manager.Id, "manage-users", "read", "edit")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SetAsync(owner, owner.Id, "manage-users", "read", "edit", "collaborate", "operate")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task SetPermissions_HoldForTheVeryNextValidation()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");

        (await SetAsync(owner, bob.Id, "read", "edit")).ShouldBe(HttpStatusCode.OK);

        (await host.PeekAsync(bob.Token)).Json.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()).ShouldBe(["edit", "read"]);
    }

    [Fact]
    public async Task Disable_EndsEverySessionAtOnceAndEnableLetsInAgain()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");

        (await ChangeAsync(owner, bob.Id, new { status = "disabled" })).ShouldBe(HttpStatusCode.OK).String("status").ShouldBe("disabled");

        (await host.ValidateAsync(bob.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.TrySignInAsync(bob.Slug, bob.Username, bob.Password)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await ChangeAsync(owner, bob.Id, new { status = "active" })).ShouldBe(HttpStatusCode.OK);
        (await host.TrySignInAsync(bob.Slug, bob.Username, bob.Password)).ShouldBe(HttpStatusCode.OK);
        (await host.ValidateAsync(bob.Token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Change_EmailAndRole_TheRoleHoldsAndTheAddressWaits()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");

        (await ChangeAsync(owner, bob.Id, new { email = "new@example.com", role = "collaborator" })).ShouldBe(HttpStatusCode.OK);

        var answer = await host.SendAsync("GET", $"/v1/tenants/{owner.TenantId}/users/{bob.Id}", token: owner.Token);
        answer.String("email").ShouldBe("bob@example.com");
        answer.String("pendingEmail").ShouldBe("new@example.com");
        answer.Json.GetProperty("emailVerified").GetBoolean().ShouldBeFalse();
        answer.String("role").ShouldBe("collaborator");
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task Change_OfMembersThatAreNotOffered_IsRefusedAndChangesNothing()
    {
        var owner = await host.NewTenantAsync();
        var before = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/{owner.Id}", token: owner.Token);

        (await ChangeAsync(owner, owner.Id, new { tenantId = "ten_x", permissions = new[] { "operate" }, passwordHash = "x", id = "usr_x" }))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/{owner.Id}", token: owner.Token)).Text.ShouldBe(before.Text);
    }

    [Fact]
    public async Task Delete_EndsEverySessionAndTheUserIsGone()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var path = $"/v1/tenants/{owner.Slug}/users/{bob.Id}";

        (await host.SendAsync("DELETE", path, token: bob.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("DELETE", path, token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await host.ValidateAsync(bob.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", path, token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("DELETE", path, token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/users/{owner.Id}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Conflict, "last_manager");
        (await CreateAsync(owner, new { username = "bob", email = "b@example.com", password = owner.Password, role = "viewer" })).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task LastManager_CannotBeDisabledNorLoseTheRight()
    {
        var owner = await host.NewTenantAsync();

        (await ChangeAsync(owner, owner.Id, new { status = "disabled" })).ShouldBeProblem(HttpStatusCode.Conflict, "last_manager");
        (await SetAsync(owner, owner.Id, "read")).ShouldBeProblem(HttpStatusCode.Conflict, "last_manager");
        (await ChangeAsync(owner, owner.Id, new { role = "viewer" })).ShouldBeProblem(HttpStatusCode.Conflict, "last_manager");
    }

    [Fact]
    public async Task Member_WithoutThePermission_IsForbidden()
    {
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");

        (await CreateAsync(viewer, new { username = "x", email = "x@example.com", password = owner.Password, role = "viewer" })).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await ChangeAsync(viewer, owner.Id, new { status = "disabled" })).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SetAsync(viewer, viewer.Id, "read", "manage-users")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/{owner.Id}/sessions", token: viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/users/{owner.Id}/sessions", token: viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: viewer.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Sessions_OfAUser_AreListedAndEndedByManagers()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/{bob.Id}/sessions", token: owner.Token)).Items.Length.ShouldBe(1);
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/users/{bob.Id}/sessions", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await host.ValidateAsync(bob.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task ForeignTenant_ByAnyCall_AnswersAsAnAbsentOne()
    {
        var mine = await host.NewTenantAsync();
        var theirs = await host.NewTenantAsync();
        (string Method, string Path, object? Body)[] calls =
        [
            ("GET", "", null), ("PATCH", "", new { name = "Mine" }), ("GET", "/users", null),
            ("POST", "/users", new { username = "x", email = "x@example.com", password = mine.Password, role = "viewer" }),
            ("GET", $"/users/{theirs.Id}", null), ("PATCH", $"/users/{theirs.Id}", new { status = "disabled" }),
            ("PUT", $"/users/{theirs.Id}/permissions", new { permissions = new[] { "read" } }),
            ("GET", $"/users/{theirs.Id}/sessions", null), ("DELETE", $"/users/{theirs.Id}/sessions", null),
        ];
        foreach (var (method, path, body) in calls)
        {
            var foreign = (await host.SendAsync(method, $"/v1/tenants/{theirs.Slug}{path}", body, mine.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            var foreignById = (await host.SendAsync(method, $"/v1/tenants/{theirs.TenantId}{path}", body, mine.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            var absent = (await host.SendAsync(method, $"/v1/tenants/{PlatformHostCalls.NewSlug()}{path}", body, mine.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

            foreign.Comparable.ShouldBe(absent.Comparable);
            foreignById.Comparable.ShouldBe(absent.Comparable);
        }

        // A foreign user under the own tenant's path, too.
        (await host.SendAsync("GET", $"/v1/tenants/{mine.Slug}/users/{theirs.Id}", token: mine.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", $"/v1/tenants/{mine.Slug}/users/{theirs.Id}/sessions", token: mine.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("DELETE", $"/v1/tenants/{mine.Slug}/users/{theirs.Id}/sessions", token: mine.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.ValidateAsync(theirs.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    private Task<Answer> CreateAsync(TestUser actor, object body) => host.SendAsync("POST", $"/v1/tenants/{actor.Slug}/users", body, actor.Token);

    private Task<Answer> ChangeAsync(TestUser actor, string id, object body) => host.SendAsync("PATCH", $"/v1/tenants/{actor.Slug}/users/{id}", body, actor.Token);

    private Task<Answer> SetAsync(TestUser actor, string id, params string[] permissions) =>
        host.SendAsync("PUT", $"/v1/tenants/{actor.Slug}/users/{id}/permissions", new { permissions }, actor.Token);
}
