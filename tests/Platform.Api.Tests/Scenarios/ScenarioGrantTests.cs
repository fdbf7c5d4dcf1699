namespace Platform.Api.Tests.Scenarios;

public sealed class ScenarioGrantTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    [Trait("Threat", "T40")]
    public async Task Grant_ThatGivesMore_HoldsForTheNextCallAndOnlyThere()
    {
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var (here, elsewhere) = (await CreateAsync(owner), await CreateAsync(owner));
        (await SendAsync(viewer, "POST", $"/{here}/start")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");

        (await GrantAsync(owner, here, viewer, "read", "collaborate")).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(viewer, "POST", $"/{here}/start")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(viewer, "POST", $"/{elsewhere}/start")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SendAsync(owner, "GET", $"/{here}/grants")).Items.Select(grant => grant.GetRawText()).ShouldBe([$$"""{"userId":"{{viewer.Id}}","permissions":["collaborate","read"]}"""]);

        (await SendAsync(owner, "DELETE", $"/{here}/grants/{viewer.Id}")).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(viewer, "POST", $"/{here}/pause")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SendAsync(owner, "DELETE", $"/{here}/grants/{viewer.Id}")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task Grant_ThatTakesReading_HidesTheScenarioLikeAnAbsentOneAlsoInLists()
    {
        var owner = await host.NewTenantAsync();
        var editor = await host.NewUserAsync(owner, "editor", "editor");
        var ids = new List<string>();
        for (var i = 0; i < 7; i++) ids.Add(await CreateAsync(owner));
        foreach (var hidden in new[] { 1, 2, 3, 5 }) (await GrantAsync(owner, ids[hidden], editor)).ShouldBe(HttpStatusCode.NoContent);
        (await GrantAsync(owner, ids[5], editor, "edit", "collaborate")).ShouldBe(HttpStatusCode.NoContent);

        var absent = (await SendAsync(editor, "GET", "/scn_0123456789abcdef0123456789abcdef")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        foreach (var (method, path) in new[] { ("GET", ""), ("POST", "/start"), ("GET", "/history"), ("GET", "/comments"), ("DELETE", "") })
        {
            foreach (var hidden in new[] { 1, 5 })
            {
                var answer = (await SendAsync(editor, method, $"/{ids[hidden]}{path}")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
                answer.Comparable.ShouldBe(absent.Comparable);
            }
        }

        // Pages are full until the last, whatever is hidden between.
        var first = (await SendAsync(editor, "GET", "?limit=2")).ShouldBe(HttpStatusCode.OK);
        Ids(first).ShouldBe([ids[6], ids[4]]);
        var second = await SendAsync(editor, "GET", $"?limit=2&cursor={first.String("nextCursor")}");
        Ids(second).ShouldBe([ids[0]]);
        second.Json.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task List_ByOneWithoutTheTenantWideRight_ShowsWhatIsGranted()
    {
        var owner = await host.NewTenantAsync();
        var guest = await host.NewUserAsync(owner, "guest", "viewer");
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{guest.Id}/permissions", new { permissions = Array.Empty<string>() }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var (granted, other) = (await CreateAsync(owner), await CreateAsync(owner));
        (await SendAsync(guest, "GET", "")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SendAsync(guest, "GET", $"/{granted}")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");

        (await GrantAsync(owner, granted, guest, "read")).ShouldBe(HttpStatusCode.NoContent);

        Ids(await SendAsync(guest, "GET", "")).ShouldBe([granted]);
        (await SendAsync(guest, "GET", $"/{granted}")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(guest, "GET", $"/{other}")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    [Trait("Threat", "T46")]
    public async Task Grant_BeyondWhatTheActorHoldsThere_IsForbidden()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var editor = await host.NewUserAsync(owner, "editor", "editor");
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/roles", new { name = "manager", permissions = new[] { "manage-users", "read" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var manager = await host.NewUserAsync(owner, "manager", "manager");
        var id = await CreateAsync(owner);

        (await GrantAsync(manager, id, bob, "read", "edit")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await GrantAsync(manager, id, manager, "read", "edit")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await GrantAsync(manager, id, editor, "read")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await GrantAsync(manager, id, bob)).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(manager, "DELETE", $"/{id}/grants/{bob.Id}")).ShouldBe(HttpStatusCode.NoContent);

        // What one lacks here counts, not what one holds elsewhere.
        (await GrantAsync(owner, id, bob, "read", "edit")).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(manager, "DELETE", $"/{id}/grants/{bob.Id}")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        var second = await host.NewUserAsync(owner, "second", "owner");
        (await GrantAsync(owner, id, second, "read")).ShouldBe(HttpStatusCode.NoContent);
        (await GrantAsync(second, id, second, "read", "edit")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SendAsync(second, "DELETE", $"/{id}/grants/{second.Id}")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task Grant_ToNobodyOrAForeigner_IsNotFound()
    {
        var owner = await host.NewTenantAsync();
        var stranger = await host.NewTenantAsync();
        var id = await CreateAsync(owner);

        var absent = (await SendAsync(owner, "PUT", $"/{id}/grants/usr_0123456789abcdef0123456789abcdef", new { permissions = new[] { "read" } })).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await GrantAsync(owner, id, stranger, "read")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable.ShouldBe(absent.Comparable);
        (await SendAsync(owner, "PUT", $"/{id}/grants/{owner.Id}", new { permissions = new[] { "read", "manage-users" } })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await SendAsync(stranger, "GET", $"/{id}")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Delete_OfAUser_TakesItsGrantsAway()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var (one, two) = (await CreateAsync(owner), await CreateAsync(owner));
        foreach (var id in new[] { one, two }) (await GrantAsync(owner, id, bob, "read", "edit")).ShouldBe(HttpStatusCode.NoContent);

        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/users/{bob.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        foreach (var id in new[] { one, two }) (await SendAsync(owner, "GET", $"/{id}/grants")).Items.ShouldBeEmpty();
    }

    private static string?[] Ids(Answer answer) => [.. answer.Items.Select(item => item.GetProperty("id").GetString())];

    /// <summary>Each a moment later than the one before, as ids tell it.</summary>
    private async Task<string> CreateAsync(TestUser actor)
    {
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return (await SendAsync(actor, "POST", "", new { name = "Spring", kind = "scenario", content = new { } })).ShouldBe(HttpStatusCode.Created).String("id")!;
    }

    private Task<Answer> GrantAsync(TestUser actor, string id, TestUser user, params string[] permissions) => SendAsync(actor, "PUT", $"/{id}/grants/{user.Id}", new { permissions });

    private Task<Answer> SendAsync(TestUser actor, string method, string path, object? body = null) =>
        host.SendAsync(method, $"/v1/tenants/{actor.Slug}/scenarios{path}", body, actor.Token);
}
