using System.Text;

namespace Platform.Api.Tests.Scenarios;

public sealed class ScenarioTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Scenario_ThroughItsLife_AnswersAsTheContractSays()
    {
        var owner = await host.NewTenantAsync();

        var made = (await CreateAsync(owner, new { headline = "Hi", nested = new { a = 1 } })).ShouldBe(HttpStatusCode.Created);
        var id = made.String("id")!;
        id.ShouldMatch("^scn_[0-9a-f]{32}$");
        made.Message.Headers.Location!.ToString().ShouldBe($"/v1/tenants/{owner.TenantId}/scenarios/{id}");
        made.Header("ETag").ShouldBe("\"1\"");
        made.String("status").ShouldBe("paused");
        made.Json.GetProperty("content").GetRawText().ShouldBe("""{"headline":"Hi","nested":{"a":1}}""");

        (await SendAsync(owner, "POST", $"/{id}/start")).ShouldBe(HttpStatusCode.OK).Header("ETag").ShouldBe("\"2\"");
        (await SendAsync(owner, "POST", $"/{id}/start")).ShouldBe(HttpStatusCode.OK).Header("ETag").ShouldBe("\"2\"", "nothing happened");
        (await SendAsync(owner, "POST", $"/{id}/pause")).ShouldBe(HttpStatusCode.OK).String("status").ShouldBe("paused");
        var changed = await PutAsync(owner, id, new { name = "New", kind = "personalization", content = new { headline = "Ho", more = true } }, "\"3\"");
        changed.ShouldBe(HttpStatusCode.OK).Header("ETag").ShouldBe("\"4\"");
        var read = (await SendAsync(owner, "GET", $"/{id}")).ShouldBe(HttpStatusCode.OK);
        (read.String("name"), read.String("kind"), read.Header("ETag")).ShouldBe(("New", "personalization", "\"4\""));

        var history = (await SendAsync(owner, "GET", $"/{id}/history")).ShouldBe(HttpStatusCode.OK).Items;
        history.Select(entry => (entry.GetProperty("version").GetInt32(), entry.GetProperty("action").GetString())).ShouldBe([(4, "updated"), (3, "paused"), (2, "started"), (1, "created")]);
        history.ShouldAllBe(entry => entry.GetProperty("userId").GetString() == owner.Id);
        history[0].GetProperty("changes").GetRawText().ShouldBe(
            """[{"path":"/name","before":"Spring","after":"New"},{"path":"/kind","before":"scenario","after":"personalization"},{"path":"/content/headline","before":"Hi","after":"Ho"},{"path":"/content/nested","before":{"a":1}},{"path":"/content/more","after":true}]""");

        (await SendAsync(owner, "DELETE", $"/{id}", ifMatch: "\"4\"")).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(owner, "GET", $"/{id}")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await SendAsync(owner, "GET", $"/{id}/history")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await SendAsync(owner, "GET", "")).Items.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T53")]
    public async Task Change_OfAnotherVersionOrOfNone_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        var id = (await CreateAsync(owner, 1)).String("id")!;
        var draft = new { name = "x", kind = "scenario", content = 2 };

        (await PutAsync(owner, id, draft, null)).ShouldBeProblem((HttpStatusCode)428, "precondition_required");
        (await SendAsync(owner, "DELETE", $"/{id}")).ShouldBeProblem((HttpStatusCode)428, "precondition_required");
        foreach (var other in new[] { "\"2\"", "W/\"1\"", "\"x\"", "\"0\", \"7\"" })
        {
            (await PutAsync(owner, id, draft, other)).ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
            (await SendAsync(owner, "DELETE", $"/{id}", ifMatch: other)).ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        }

        (await PutAsync(owner, id, draft, "1")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await PutAsync(owner, id, draft, "\"9\", \"1\"")).ShouldBe(HttpStatusCode.OK);
        (await PutAsync(owner, id, draft, "*")).ShouldBe(HttpStatusCode.OK).Header("ETag").ShouldBe("\"3\"");
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task Change_OfMembersThatAreNotOffered_IsRefusedAndChangesNothing()
    {
        var owner = await host.NewTenantAsync();
        var made = await CreateAsync(owner, 1);
        var more = new { name = "Spring", kind = "scenario", content = 1, id = "scn_x", tenantId = "ten_x", status = "running", version = 99, createdAt = "2000-01-01T00:00:00Z", grants = new[] { owner.Id } };

        var refused = await PutAsync(owner, made.String("id")!, more, "\"1\"");

        refused.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.Select(error => error.Pointer).ShouldBe(["/id", "/tenantId", "/status", "/version", "/createdAt", "/grants"]);
        (await SendAsync(owner, "GET", $"/{made.String("id")}")).Text.ShouldBe(made.Text);
        (await SendAsync(owner, "GET", $"/{made.String("id")}/grants")).Items.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T53")]
    public async Task Change_ManyAtOnceOfOneVersion_OneWins()
    {
        var owner = await host.NewTenantAsync();
        var id = (await CreateAsync(owner, 0)).String("id")!;

        var answers = await Task.WhenAll(Enumerable.Range(1, 10).Select(i => PutAsync(owner, id, new { name = $"n{i}", kind = "scenario", content = i }, "\"1\"")));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed).ShouldBe(9);
        (await SendAsync(owner, "GET", $"/{id}/history")).Items.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"kind":"scenario","content":1}""", "/name", "missing")]
    [InlineData("""{"name":"","kind":"scenario","content":1}""", "/name", "invalid_name")]
    [InlineData("""{"name":"x","kind":"story","content":1}""", "/kind", "wrong_type")]
    [InlineData("""{"name":"x","kind":"scenario","content":null}""", "/content", "missing")]
    [InlineData("""{"name":"x","kind":"scenario","content":{"a":"\ud800"}}""", "/content", "wrong_type")]
    [InlineData("""{"name":"x","kind":"scenario","content":{"a":1,"a":2}}""", "", "malformed")]
    public async Task Create_WithAFault_NamesIt(string body, string pointer, string code)
    {
        var owner = await host.NewTenantAsync();

        (await SendAsync(owner, "POST", "", body)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, code)]);
    }

    [Fact]
    [Trait("Threat", "T65")]
    public async Task Create_OfAnySize_IsBoundedHereAndElsewhere()
    {
        var owner = await host.NewTenantAsync();
        var largest = new string('x', (256 * 1024) - 2);

        var made = (await CreateAsync(owner, largest)).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(owner, "GET", $"/{made.String("id")}")).String("content").ShouldBe(largest);
        (await CreateAsync(owner, largest + "x")).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        (await CreateAsync(owner, new string('x', 300 * 1024))).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { name = new string('x', 70 * 1024) }, owner.Token)).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    [Trait("Threat", "T50")]
    public async Task Create_TwiceWithOneKey_MakesOne()
    {
        var owner = await host.NewTenantAsync();
        var body = new { name = "x", kind = "scenario", content = 1 };

        var answers = new[]
        {
            await host.SendAsync("POST", Path(owner), body, owner.Token, null, ("Idempotency-Key", "k1")),
            await host.SendAsync("POST", Path(owner), body, owner.Token, null, ("Idempotency-Key", "k1")),
        };

        answers.Select(answer => answer.ShouldBe(HttpStatusCode.Created).String("id")).Distinct().Count().ShouldBe(1);
        (await SendAsync(owner, "GET", "")).Items.Length.ShouldBe(1);

        var comments = $"{Path(owner)}/{answers[0].String("id")}/comments";
        for (var i = 0; i < 2; i++) (await host.SendAsync("POST", comments, new { text = "Once" }, owner.Token, null, ("Idempotency-Key", "k2"))).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("GET", comments, null, owner.Token)).Items.Length.ShouldBe(1);
    }

    [Fact]
    public async Task EachLevel_MayDoWhatItsNameSays()
    {
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var collaborator = await host.NewUserAsync(owner, "collaborator", "collaborator");
        var editor = await host.NewUserAsync(owner, "editor", "editor");
        var id = (await CreateAsync(editor, 1)).ShouldBe(HttpStatusCode.Created).String("id")!;

        foreach (var user in new[] { viewer, collaborator })
        {
            (await SendAsync(user, "GET", $"/{id}")).ShouldBe(HttpStatusCode.OK);
            (await CreateAsync(user, 1)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await PutAsync(user, id, new { name = "x", kind = "scenario", content = 1 }, "\"1\"")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await SendAsync(user, "DELETE", $"/{id}", ifMatch: "\"1\"")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        (await SendAsync(viewer, "POST", $"/{id}/start")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SendAsync(viewer, "POST", $"/{id}/comments", new { text = "x" })).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await SendAsync(collaborator, "POST", $"/{id}/start")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(collaborator, "POST", $"/{id}/comments", new { text = "Ready." })).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(viewer, "GET", $"/{id}/comments")).Items.Single().GetProperty("text").GetString().ShouldBe("Ready.");
        (await SendAsync(editor, "PUT", $"/{id}/grants/{viewer.Id}", new { permissions = new[] { "read" } })).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task History_OfLargeChanges_ComesInPagesOfBoundedSize()
    {
        var owner = await host.NewTenantAsync();
        var id = (await CreateAsync(owner, new string('a', 200 * 1024))).ShouldBe(HttpStatusCode.Created).String("id")!;
        for (var version = 1; version < 6; version++)
        {
            (await PutAsync(owner, id, new { name = "x", kind = "scenario", content = new string((char)('a' + version), 200 * 1024) }, $"\"{version}\"")).ShouldBe(HttpStatusCode.OK);
        }

        var versions = new List<int>();
        var cursor = "";
        do
        {
            var page = (await SendAsync(owner, "GET", $"/{id}/history?limit=200{cursor}")).ShouldBe(HttpStatusCode.OK);
            Encoding.UTF8.GetByteCount(page.Text).ShouldBeLessThan(1600 * 1024);
            page.Items.ShouldNotBeEmpty();
            versions.AddRange(page.Items.Select(entry => entry.GetProperty("version").GetInt32()));
            cursor = page.String("nextCursor") is { } next ? $"&cursor={next}" : null;
        }
        while (cursor is not null);
        versions.ShouldBe([6, 5, 4, 3, 2, 1]);
    }

    private static string Path(TestUser user) => $"/v1/tenants/{user.Slug}/scenarios";

    private Task<Answer> CreateAsync(TestUser actor, object content) => SendAsync(actor, "POST", "", new { name = "Spring", kind = "scenario", content });

    private Task<Answer> PutAsync(TestUser actor, string id, object draft, string? ifMatch) => SendAsync(actor, "PUT", $"/{id}", draft, ifMatch);

    private Task<Answer> SendAsync(TestUser actor, string method, string path, object? body = null, string? ifMatch = null) =>
        host.SendAsync(method, Path(actor) + path, body, actor.Token, cookie: null, ifMatch is null ? [] : [("If-Match", ifMatch)]);
}
