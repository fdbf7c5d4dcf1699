using Platform.ApiKeys;

namespace Platform.Api.Tests.ApiKeys;

public sealed class ApiKeyTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Create_ShowsTheTextOnceAndListsTheRest()
    {
        var owner = await host.NewTenantAsync();

        var made = (await host.TryNewKeyAsync(owner, "introspect", "read")).ShouldBe(HttpStatusCode.Created);

        var text = made.String("key")!;
        text.ShouldMatch("^platform_sk_[0-9A-Za-z]{116}$");
        made.Header("Location").ShouldBe($"/v1/tenants/{owner.TenantId}/api-keys/{made.String("id")}");
        made.Header("Cache-Control").ShouldBe("no-store");
        var listed = await ListAsync(owner);
        listed.Text.ShouldNotContain(text[20..], Case.Sensitive);
        var item = listed.Items.ShouldHaveSingleItem();
        item.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "name", "scopes", "prefix", "createdAt", "createdBy", "lastUsedAt", "expiresAt", "previousSecretExpiresAt", "sponsor", "dormant"], ignoreOrder: true);
        (item.GetProperty("id").GetString(), item.GetProperty("name").GetString()).ShouldBe((made.String("id"), "Back end"));
        item.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()).ShouldBe(["introspect", "read"]);
        item.GetProperty("prefix").GetString().ShouldBe(text[..20]);
        item.GetProperty("createdBy").GetString().ShouldBe(owner.Id);
        item.GetProperty("lastUsedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        item.GetProperty("expiresAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Create_FaultyInput_NamesEachFault()
    {
        var owner = await host.NewTenantAsync();
        var path = $"/v1/tenants/{owner.Slug}/api-keys";

        (await host.SendAsync("POST", path, new { }, owner.Token)).Errors.ShouldBe([("/name", "missing"), ("/scopes", "missing")]);
        (await host.TryNewKeyAsync(owner, "introspect", "admin", "Read")).Errors.ShouldBe([("/scopes/1", "unknown_scope"), ("/scopes/2", "unknown_scope")]);
        (await host.TryNewKeyAsync(owner)).Errors.ShouldBe([("/scopes", "missing")]);
        foreach (var name in new[] { "", " ", new string('x', 201), "a\u202eb", "a\nb" })
        {
            (await host.SendAsync("POST", path, new { name, scopes = new[] { "read" } }, owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request")
                .Errors.ShouldBe([("/name", "invalid_name")]);
        }

        (await ListAsync(owner)).Items.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task EveryCall_ByStrangersAndMembersWithoutTheRight_IsRefused()
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var viewer = await host.NewUserAsync(owner, "vera", "viewer");
        var key = await host.NewKeyAsync(owner, "introspect", "read", "audit");
        var calls = new (string Method, string Path, object? Body)[]
        {
            ("GET", "", null), ("POST", "", new { name = "x", scopes = new[] { "read" } }), ("POST", $"/{key.Id}/rotate", new { }), ("POST", $"/{key.Id}/take-over", null), ("DELETE", $"/{key.Id}", null),
        };

        foreach (var (method, path, body) in calls)
        {
            var target = $"/v1/tenants/{owner.Slug}/api-keys{path}";
            (await host.SendAsync(method, target, body, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await host.SendAsync(method, target, body, await host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await host.SendAsync(method, target, body)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            // No key makes, sees or deletes keys, whatever its scopes.
            (await host.SendAsync(method, target, body, key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
            var foreign = (await host.SendAsync(method, target, body, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            var absent = await host.SendAsync(method, target.Replace(owner.Slug, PlatformHostCalls.NewSlug(), StringComparison.Ordinal), body, stranger.Token);
            foreign.Comparable.ShouldBe(absent.Comparable);
        }

        (await host.DeleteKeyAsync(stranger, key.Id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.DeleteKeyAsync(owner, "key_x")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.IntrospectAsync(key.Text, owner.Token)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T46")]
    public async Task Create_WithAScopeBeyondTheMakersRights_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        var clerk = await host.NewUserAsync(owner, "clerk", "viewer");
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{clerk.Id}/permissions", new { permissions = new[] { "manage-users" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await host.TryNewKeyAsync(clerk, "introspect", "read")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await host.NewKeyAsync(clerk, "introspect", "audit");
        (await ListAsync(owner)).Items.Length.ShouldBe(1);
    }

    [Fact]
    public async Task AuditScope_OpensTheAccessLogAndNothingElse()
    {
        var owner = await host.NewTenantAsync();
        var (auditor, reader) = (await host.NewKeyAsync(owner, "audit"), await host.NewKeyAsync(owner, "introspect", "read"));
        var log = $"/v1/tenants/{owner.Slug}/audit-events";
        foreach (var path in new[] { log, log + "/verify", log + "/checkpoints" })
        {
            (await host.SendAsync("GET", path, token: auditor.Text)).ShouldBe(HttpStatusCode.OK);
            (await host.SendAsync("GET", path, token: reader.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        (await host.SendAsync("GET", log, token: auditor.Text, headers: ("Accept", "application/x-ndjson"))).ShouldBe(HttpStatusCode.OK).Text.ShouldContain("api_key.created");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: auditor.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Delete_IsRefusedFromTheAnswerOnAndOnlyOnce()
    {
        var owner = await host.NewTenantAsync();
        var (gone, kept) = (await host.NewKeyAsync(owner, "introspect"), await host.NewKeyAsync(owner, "introspect"));
        foreach (var key in new[] { gone, kept }) (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await host.DeleteKeyAsync(owner, gone.Id)).ShouldBe(HttpStatusCode.NoContent);

        (await host.IntrospectAsync(gone.Text, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid").Header("WWW-Authenticate").ShouldBe("Bearer");
        (await host.IntrospectAsync(kept.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.DeleteKeyAsync(owner, gone.Id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await ListAsync(owner)).Items.ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(kept.Id);
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task Delete_UnderLoad_NoCallThatBeginsAfterwardsIsAccepted()
    {
        var owner = await host.NewTenantAsync();
        for (var round = 0; round < 20; round++)
        {
            var key = await host.NewKeyAsync(owner, "introspect");
            var deleted = false;
            var late = 0;
            var callers = Enumerable.Range(0, 8).Select(async _ =>
            {
                for (var i = 0; i < 25; i++)
                {
                    var begunAfter = Volatile.Read(ref deleted);
                    var answer = await host.IntrospectAsync(key.Text, owner.Token);
                    if (begunAfter && answer.Status != HttpStatusCode.Unauthorized) Interlocked.Increment(ref late);
                }
            }).ToArray();
            (await host.DeleteKeyAsync(owner, key.Id)).ShouldBe(HttpStatusCode.NoContent);
            Volatile.Write(ref deleted, true);
            await Task.WhenAll(callers);
            late.ShouldBe(0);
        }
    }

    [Fact]
    public async Task ReadScope_OpensReadsOfItsTenantAndNothingElse()
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var (reader, other) = (await host.NewKeyAsync(owner, "read"), await host.NewKeyAsync(owner, "introspect", "audit"));
        var users = $"/v1/tenants/{owner.Slug}/users";
        foreach (var path in new[] { $"/v1/tenants/{owner.Slug}", users, $"{users}/{owner.Id}" })
        {
            (await host.SendAsync("GET", path, token: reader.Text)).ShouldBe(HttpStatusCode.OK);
            (await host.SendAsync("GET", path, token: other.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await host.SendAsync("GET", path.Replace(owner.Slug, stranger.Slug, StringComparison.Ordinal), token: reader.Text)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await host.SendAsync("GET", path, token: reader.Text[..^1] + "!")).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
            (await host.SendAsync("GET", path, cookie: reader.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        }

        foreach (var (method, path) in new[] { ("POST", users), ("PATCH", $"{users}/{owner.Id}"), ("GET", $"{users}/{owner.Id}/sessions") })
        {
            (await host.SendAsync(method, path, token: reader.Text)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        foreach (var (method, path) in new[] { ("GET", "/v1/me"), ("GET", "/v1/session"), ("POST", "/v1/session/touch"), ("POST", "/v1/session/validate") })
        {
            (await host.SendAsync(method, path, token: reader.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
        }
    }

    [Fact]
    [Trait("Threat", "T42")]
    public async Task Key_IdOrPrefixOrSessionToken_IsNoKey()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        foreach (var text in new[] { key.Id, key.Text[..20], owner.Token, "", "platform_sk_", key.Text + "A", " ", key.Text.Replace("platform_sk_", "pk_live_", StringComparison.Ordinal) })
        {
            (await host.IntrospectAsync(text, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        }

        (await host.IntrospectAsync(key: null, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await host.SendAsync("POST", "/v1/introspect", ApiKeyCalls.Form("token=x"), cookie: key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await host.IntrospectAsync(key.Text, key.Text)).Text.ShouldBe("{\"active\":false}");
    }

    [Fact]
    public async Task SuspendedTenant_ItsKeysAreRefusedAndComeBackWithIt()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "read");
        var path = $"/v1/tenants/{owner.Slug}";
        (await host.SendAsync("GET", path, token: key.Text)).ShouldBe(HttpStatusCode.OK);

        await SetStatusAsync("suspended");
        (await host.SendAsync("GET", path, token: key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        await SetStatusAsync("active");
        (await host.SendAsync("GET", path, token: key.Text)).ShouldBe(HttpStatusCode.OK);

        async Task SetStatusAsync(string status) => (await host.ChangeTenantAsync(owner.Slug, new { status })).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task RevokeAllSessions_EndsSessionsNotKeys()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");

        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/sessions", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted);

        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK).Text.ShouldBe("{\"active\":false}");
    }

    [Fact]
    public async Task LastUse_IsKnownToTheMinuteAndWrittenBehind()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var first = host.Time.GetUtcNow();
        for (var i = 0; i < 5; i++) await host.IntrospectAsync(key.Text, owner.Token);
        (await LastUsedAsync()).ShouldBeInRange(first, host.Time.GetUtcNow());

        host.Time.Advance(TimeSpan.FromMinutes(2));
        var second = host.Time.GetUtcNow();
        await host.IntrospectAsync(key.Text, owner.Token);

        (await LastUsedAsync()).ShouldBeInRange(second, host.Time.GetUtcNow());

        async Task<DateTimeOffset> LastUsedAsync()
        {
            await host.Service<ApiKeyUsageWriter>().FlushAsync(default);
            return (await ListAsync(owner)).Items.Single().GetProperty("lastUsedAt").GetDateTimeOffset();
        }
    }

    [Fact]
    [Trait("Threat", "T51")]
    public async Task List_PagesByCursorThatOpensNowhereElse()
    {
        var (owner, other) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var made = new List<string>();
        for (var i = 0; i < 5; i++) made.Add((await host.NewKeyAsync(owner, "read")).Id);

        var first = await ListAsync(owner, "?limit=3");
        var cursor = first.String("nextCursor")!;
        var second = await ListAsync(owner, $"?limit=3&cursor={cursor}");

        first.Items.Concat(second.Items).Select(item => item.GetProperty("id").GetString()).ShouldBe(made.Order(StringComparer.Ordinal).Reverse());
        second.Json.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
        (await ListAsync(other, $"?cursor={cursor}")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?cursor={cursor}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Create_MoreThanAHundred_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        for (var i = 0; i < 100; i++) await host.NewKeyAsync(owner, "read");

        (await host.TryNewKeyAsync(owner, "read")).ShouldBeProblem(HttpStatusCode.Conflict, "too_many_api_keys");
    }

    [Fact]
    [Trait("Threat", "T50"), Trait("Threat", "T77")]
    public async Task Create_AgainWithTheSameIdempotencyKey_IsTheSameKeyWithoutItsText()
    {
        var owner = await host.NewTenantAsync();
        var answers = new List<Answer>();
        for (var i = 0; i < 2; i++)
        {
            answers.Add(await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/api-keys", new { name = "x", scopes = new[] { "introspect" } }, owner.Token, headers: ("Idempotency-Key", "once")));
        }

        answers[1].ShouldBe(HttpStatusCode.Created).Text.ShouldBe(answers[0].Text.Replace($",\"key\":\"{answers[0].String("key")}\"", "", StringComparison.Ordinal));
        answers[1].Json.TryGetProperty("key", out _).ShouldBeFalse("it was shown once");
        answers[1].Header("Location").ShouldBe(answers[0].Header("Location"));
        (await ListAsync(owner)).Items.Length.ShouldBe(1);
        (await host.IntrospectAsync(answers[0].String("key"), owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T77"), Trait("Threat", "T26"), Trait("Threat", "T76")]
    public async Task Keys_AfterARestart_LiveOnAndTheirTextLiesNowhere()
    {
        await using var own = await new PlatformHost([.. RecordedLogs.Everything]).StartedAsync();
        var owner = await own.NewTenantAsync();
        var made = await own.SendAsync("POST", $"/v1/tenants/{owner.Slug}/api-keys", new { name = "Canary", scopes = new[] { "introspect", "read" } }, owner.Token, headers: ("Idempotency-Key", "once"));
        var (kept, gone) = (made.String("key")!, await own.NewKeyAsync(owner, "introspect"));
        (await own.IntrospectAsync(kept, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await own.DeleteKeyAsync(owner, gone.Id)).ShouldBe(HttpStatusCode.NoContent);
        (await own.SendAsync("POST", "/v1/password/reset", new { token = kept, newPassword = "Other-Harbour-72" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");

        await own.RestartAsync();

        (await own.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: kept)).ShouldBe(HttpStatusCode.OK);
        (await own.IntrospectAsync(kept, owner.Token)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
        (await own.IntrospectAsync(gone.Text, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        await own.DisposeStartedAsync();
        var database = await TestDatabases.DumpAsync(own.Folder);
        database.ShouldContain("Canary", Case.Sensitive, "the search finds what is there");
        foreach (var place in new[] { database, own.Logs.Text, own.Output.ToString() })
        {
            place.ShouldNotContain(kept, Case.Sensitive);
            place.ShouldNotContain(kept[52..96], Case.Sensitive, "the secret's part");
        }
    }

    private Task<Answer> ListAsync(TestUser user, string query = "") => host.SendAsync("GET", $"/v1/tenants/{user.Slug}/api-keys{query}", token: user.Token);
}
