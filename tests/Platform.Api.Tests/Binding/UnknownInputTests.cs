namespace Platform.Api.Tests.Binding;

/// <summary>What a call does not understand is refused with the name and the nearest right one, never ignored (decision 0079).</summary>
public sealed class UnknownInputTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Secret = "Kept-To-Myself-42";

    [Theory, Trait("Threat", "T90")]
    [InlineData("""{"requireSecondfactor":true}""", "/requireSecondfactor", "Did you mean requireSecondFactor?")]
    [InlineData("""{"RequireSecondFactor":true}""", "/RequireSecondFactor", "Did you mean requireSecondFactor?")]
    [InlineData("""{"sessionPolicy":{"idleTimeOut":"PT5M"}}""", "/sessionPolicy/idleTimeOut", "Did you mean idleTimeout?")]
    [InlineData("""{"sessionPolicy":{"absolutTimeout":"PT5M","idleTimeout":"PT5M"}}""", "/sessionPolicy/absolutTimeout", "Did you mean absoluteTimeout?")]
    [InlineData("""{"retention":{"logs":null}}""", "/retention/logs", "Known: accessLog, endedSessions.")]
    [InlineData("""{"$type":"x"}""", "/$type", "Known: name, sessionPolicy, requireSecondFactor, supportApproval, retention")]
    [InlineData("""{"a/b~c":1}""", "/a~1b~0c", "Known: name, ")]
    [InlineData("""{"":1}""", "/", "Known: name, ")]
    public async Task Patch_WithAnUnknownMember_Is400AndChangesNothing(string body, string pointer, string hint)
    {
        var owner = await host.NewTenantAsync();
        var before = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token)).Text;

        var answer = await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", body, owner.Token);

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, "unknown_member")]);
        answer.Json.GetProperty("errors")[0].GetProperty("detail").GetString()!.ShouldContain(hint);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token)).Text.ShouldBe(before);
    }

    [Fact, Trait("Threat", "T90")]
    public async Task Body_WithUnknownMissingAndWrongMembers_GetsAllFaultsAtOnce()
    {
        var owner = await host.NewTenantAsync("enterprise");
        var rules = $"/v1/tenants/{owner.Slug}/ip-rules/dry-run";

        var key = await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/api-keys", new { nam = Secret, scopes = "read", expires = Secret }, owner.Token);
        var rule = await host.SendAsync("POST", rules, new { rules = new object?[] { new { cidr = "10.0.0.0/8", action = "allow", appliesTo = "all", apliesTo = Secret }, null, 7 } }, owner.Token);

        key.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/nam", "unknown_member"), ("/expires", "unknown_member"), ("/name", "missing"), ("/scopes", "wrong_type")]);
        rule.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/rules/0/apliesTo", "unknown_member"), ("/rules/1", "wrong_type"), ("/rules/2", "wrong_type")]);
        (key.Text + rule.Text).ShouldNotContain(Secret);
    }

    [Fact, Trait("Threat", "T65")]
    public async Task Body_OfThousandsOfUnknownMembers_GetsTheFirstFaults()
    {
        var body = $"{{{string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"{i}\":0"))}}}";

        var answer = await host.SendAsync("POST", "/v1/sign-in", body);

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.Count().ShouldBe(32);
    }

    [Theory, Trait("Threat", "T90")]
    [InlineData("a\u0007b\u202ec\ue000d", "a\ufffdb\ufffdc\ufffdd")]
    [InlineData("gr\u00f6\u00dfe \U0001f600", "gr\u00f6\u00dfe \U0001f600")]
    public async Task Name_ThatCouldSteerATerminal_ComesBackWithoutThat(string name, string shown)
    {
        var owner = await host.NewTenantAsync();

        var body = await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new Dictionary<string, int> { [name] = 1 }, owner.Token);
        var query = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}?{Uri.EscapeDataString(name)}=1", token: owner.Token);

        body.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/" + shown, "unknown_member")]);
        query.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("?" + shown, "unknown_parameter")]);
    }

    [Fact, Trait("Threat", "T90")]
    public async Task Name_TooLong_IsCut()
    {
        var owner = await host.NewTenantAsync();
        var name = new string('n', 5_000);

        var body = await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new Dictionary<string, int> { [name] = 1 }, owner.Token);
        var query = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}?{name}", token: owner.Token);

        body.Errors.ShouldBe([("/" + name[..64] + "…", "unknown_member")]);
        query.Errors.ShouldBe([("?" + name[..64] + "…", "unknown_parameter")]);
    }

    [Theory, Trait("Threat", "T90")]
    [InlineData("users?colour=red", "?colour", "Known: q, username, email, status, role, secondFactor, lastSignInBefore, limit, cursor.")]
    [InlineData("users?Limit=5", "?Limit", "Did you mean limit?")]
    [InlineData("users?limit=5&%6Cimits=5", "?limits", "Did you mean limit?")]
    [InlineData("users?username=a", null, null)]
    [InlineData("users?", null, null)]
    [InlineData("users?&limit=5&", null, null)]
    [InlineData("audit-events?outcom=failure", "?outcom", "Did you mean outcome?")]
    [InlineData("audit-events?=1", "?", "There is no such parameter.")]
    [InlineData("api-keys?cursr", "?cursr", "Did you mean cursor?")]
    [InlineData("ip-rules?force=true", "?force", "This call takes none.")]
    [InlineData("ip-rules?%00=%00", "?\ufffd", "This call takes none.")]
    public async Task Query_WithAnUnknownParameter_Is400(string path, string? pointer, string? hint)
    {
        var owner = await host.NewTenantAsync("enterprise");

        var answer = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/{path}", token: owner.Token);

        if (pointer is null)
        {
            answer.ShouldBe(HttpStatusCode.OK);
            return;
        }

        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, "unknown_parameter")]);
        answer.Json.GetProperty("errors")[0].GetProperty("detail").GetString()!.ShouldContain(hint!);
    }

    /// <summary>Who calls is settled before what is asked: a stranger learns nothing by asking oddly, and a client whose session is over is told so.</summary>
    [Fact, Trait("Threat", "T44")]
    public async Task Query_WithAnUnknownParameter_OfWhoMayNotCall_IsRefusedForThat()
    {
        var owner = await host.NewTenantAsync();
        var stranger = await host.NewTenantAsync();
        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => operation.NeedsASession))
        {
            var target = operation.Path.Replace("{tenant}", owner.Slug, StringComparison.Ordinal).Replace("{id}", "x", StringComparison.Ordinal).Replace("{name}", "x", StringComparison.Ordinal);

            (await host.SendAsync(operation.Method, target + "?zzUnknown=1")).ShouldBeProblem(HttpStatusCode.Unauthorized, operation.CodeForStrangers);
            if (!operation.Path.Contains("{tenant}", StringComparison.Ordinal)) continue;
            (await host.SendAsync(operation.Method, target + "?zzUnknown=1", token: stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }

        (await host.SendAsync("POST", "/v1/session/validate?zzUnknown=1", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    /// <summary>Probes and caches add parameters of their own.</summary>
    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/docs")]
    [InlineData("/openapi/v1.json")]
    public async Task Query_OfProbesAndDocuments_IsIgnored(string path) => (await host.SendAsync("GET", path + "?_=1")).ShouldBe(HttpStatusCode.OK);

    [Fact, Trait("Threat", "T90")]
    public async Task Content_OfScenarios_TakesAnyMembersButNotTwice()
    {
        var owner = await host.NewTenantAsync();
        var scenarios = $"/v1/tenants/{owner.Slug}/scenarios";

        (await host.SendAsync("POST", scenarios, """{"name":"x","kind":"scenario","content":{"Name":{"name":[{"name":null}]},"$id":1,"":2}}""", owner.Token)).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("POST", scenarios, """{"name":"x","kind":"scenario","content":{"a":[{"b":{"c":1,"c":2}}]}}""", owner.Token)).Errors.ShouldBe([("", "malformed")]);
        (await host.SendAsync("POST", scenarios, """{"name":"x","kind":"scenario","content":1,"contnt":2}""", owner.Token)).Errors.ShouldBe([("/contnt", "unknown_member")]);
    }

    /// <summary>A body that came in several parts is the same body.</summary>
    [Fact]
    public async Task Content_OfManyParts_ComesBackWhole()
    {
        var owner = await host.NewTenantAsync();
        var content = Enumerable.Range(0, 20_000).ToArray();

        var made = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/scenarios", new { name = "x", kind = "scenario", content }, owner.Token)).ShouldBe(HttpStatusCode.Created);

        made.Json.GetProperty("content").EnumerateArray().Select(item => item.GetInt32()).ShouldBe(content);
    }
}
