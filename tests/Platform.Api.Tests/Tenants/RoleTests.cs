namespace Platform.Api.Tests.Tenants;

public sealed class RoleTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Role_ThroughItsLife_AnswersAsTheContractSays()
    {
        var owner = await host.NewTenantAsync();

        var made = (await SendAsync(owner, "POST", "", new { name = "analyst", permissions = new[] { "read", "collaborate" } })).ShouldBe(HttpStatusCode.Created);
        made.Message.Headers.Location!.ToString().ShouldBe($"/v1/tenants/{owner.TenantId}/roles/analyst");
        made.Text.ShouldBe("""{"name":"analyst","permissions":["collaborate","read"],"builtIn":false}""");
        (await SendAsync(owner, "POST", "", new { name = "analyst", permissions = Array.Empty<string>() })).ShouldBeProblem(HttpStatusCode.Conflict, "role_taken");
        (await SendAsync(owner, "GET", "")).ShouldBe(HttpStatusCode.OK).Items.Select(role => role.GetProperty("name").GetString())
            .ShouldBe(["analyst", "collaborator", "editor", "owner", "viewer"]);
        (await SendAsync(owner, "PUT", "/analyst", new { permissions = new[] { "read" } })).ShouldBe(HttpStatusCode.OK).Text
            .ShouldBe("""{"name":"analyst","permissions":["read"],"builtIn":false}""");
        (await SendAsync(owner, "PUT", "/viewer", new { permissions = new[] { "read" } })).ShouldBeProblem(HttpStatusCode.Conflict, "role_built_in");
        (await SendAsync(owner, "DELETE", "/viewer")).ShouldBeProblem(HttpStatusCode.Conflict, "role_built_in");
        (await SendAsync(owner, "PUT", "/nothing", new { permissions = new[] { "read" } })).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        var bob = await host.NewUserAsync(owner, "bob", "analyst");
        (await SendAsync(owner, "DELETE", "/analyst")).ShouldBeProblem(HttpStatusCode.Conflict, "role_in_use");
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/users/{bob.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(owner, "DELETE", "/analyst")).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(owner, "DELETE", "/analyst")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task Change_OfARole_HoldsForTheVeryNextCallOfALiveSession()
    {
        var owner = await host.NewTenantAsync();
        (await SendAsync(owner, "POST", "", new { name = "deputy", permissions = new[] { "read" } })).ShouldBe(HttpStatusCode.Created);
        var bob = await host.NewUserAsync(owner, "bob", "deputy");
        (await SendAsync(bob, "GET", "")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");

        (await SendAsync(owner, "PUT", "/deputy", new { permissions = new[] { "read", "manage-users" } })).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(bob, "GET", "")).ShouldBe(HttpStatusCode.OK);
        (await host.PeekAsync(bob.Token)).Json.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()).ShouldBe(["manage-users", "read"]);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/{bob.Id}", token: bob.Token)).String("role").ShouldBe("deputy");

        (await SendAsync(owner, "PUT", "/deputy", new { permissions = Array.Empty<string>() })).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(bob, "GET", "")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData("""{"permissions":["read"]}""", "/name", "missing")]
    [InlineData("""{"name":"x"}""", "/permissions", "missing")]
    [InlineData("""{"name":"x","permissions":["fly"]}""", "/permissions/0", "unknown_permission")]
    [InlineData("""{"name":"X y","permissions":["read"]}""", "/name", "invalid_name")]
    public async Task Add_WithAFault_NamesIt(string body, string pointer, string code)
    {
        var owner = await host.NewTenantAsync();

        (await SendAsync(owner, "POST", "", body)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, code)]);
    }

    [Fact]
    [Trait("Threat", "T51")]
    public async Task List_ByPages_ShowsEachOnceAndTakesNoForeignCursor()
    {
        var owner = await host.NewTenantAsync();
        var other = await host.NewTenantAsync();
        var first = (await SendAsync(owner, "GET", "?limit=3")).ShouldBe(HttpStatusCode.OK);
        var cursor = first.String("nextCursor");

        first.Items.Length.ShouldBe(3);
        (await SendAsync(owner, "GET", $"?limit=3&cursor={cursor}")).Items.Single().GetProperty("name").GetString().ShouldBe("viewer");
        (await SendAsync(other, "GET", $"?limit=3&cursor={cursor}")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    private Task<Answer> SendAsync(TestUser actor, string method, string path, object? body = null) =>
        host.SendAsync(method, $"/v1/tenants/{actor.Slug}/roles{path}", body, actor.Token);
}
