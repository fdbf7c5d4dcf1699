using System.Collections.Immutable;
using Platform.Api.Limits;
using Platform.Audit;

namespace Platform.Api.Tests.Audit;

public sealed class AuditEventsTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Ndjson = "application/x-ndjson";

    [Fact]
    public async Task List_HasEveryMemberOfTheContract()
    {
        var owner = await host.NewTenantAsync();
        await AppendAsync(owner, Entry("usr_a", "ana"));

        var found = (await ListAsync(owner, "?target=usr_a")).Items.ShouldHaveSingleItem();

        found.GetProperty("id").GetString()!.ShouldMatch("^evt_[0-9a-f]{32}$");
        found.GetProperty("time").GetString()!.ShouldEndWith("Z");
        found.GetProperty("tenantId").GetString().ShouldBe(owner.TenantId);
        found.GetProperty("action").GetString().ShouldBe("user.updated");
        found.GetProperty("outcome").GetString().ShouldBe("success");
        found.GetProperty("reason").ValueKind.ShouldBe(JsonValueKind.Null);
        found.GetProperty("actor").ToString().ShouldBe("""{"type":"user","id":"usr_manager","name":"mia"}""");
        found.GetProperty("target").ToString().ShouldBe("""{"type":"user","id":"usr_a","name":"ana"}""");
        found.GetProperty("changes").ToString().ShouldBe("""[{"path":"/email","before":"a@example.com","after":null}]""");
        found.GetProperty("ip").GetString().ShouldBe("192.0.2.7");
        found.GetProperty("userAgent").GetString().ShouldBe("Browser/1.0");
        found.GetProperty("sessionId").GetString().ShouldBe("ses_" + new string('0', 32));
        found.GetProperty("traceId").GetString().ShouldBe(new string('a', 32));
        found.GetProperty("previousHash").GetString()!.ShouldMatch("^[0-9a-f]{64}$");
        found.GetProperty("hash").GetString()!.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Fact]
    public async Task List_PagesNewestFirst_AndCursorsOpenOnlyTheirOwnList()
    {
        var owner = await host.NewTenantAsync();
        await AppendAsync(owner, [.. Enumerable.Range(0, 7).Select(i => Entry("usr_x", $"u{i}"))]);

        var first = await ListAsync(owner, "?target=usr_x&limit=5");
        var cursor = first.String("nextCursor");
        var second = await ListAsync(owner, $"?target=usr_x&limit=5&cursor={cursor}");

        first.Items.Concat(second.Items).Select(e => e.GetProperty("target").GetProperty("name").GetString()).ShouldBe(["u6", "u5", "u4", "u3", "u2", "u1", "u0"]);
        second.Json.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
        (await host.SendAsync("GET", $"{Path(owner)}?target=usr_y&cursor={cursor}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        var other = await host.NewTenantAsync();
        (await host.SendAsync("GET", $"{Path(other)}?target=usr_x&cursor={cursor}", token: other.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Theory]
    [InlineData("?from=yesterday&to=2030-13-01T00:00:00Z", "invalid_from", "invalid_to")]
    [InlineData("?outcome=maybe&action=DROP%20TABLE", "invalid_action", "invalid_outcome")]
    [InlineData("?action=user.craeted", "invalid_action")]
    [InlineData("?action=user.created&action=user.created", "invalid_action")]
    [InlineData("?action=", "invalid_action")]
    [InlineData("?actor=a&actor=b", "invalid_actor")]
    [InlineData("?target=", "invalid_target")]
    [InlineData("?limit=0", "invalid_limit")]
    public async Task List_BadFilters_EachIsNamed(string query, params string[] codes)
    {
        var owner = await host.NewTenantAsync();

        var answer = (await host.SendAsync("GET", Path(owner) + query, token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");

        answer.Errors.Select(e => e.Code).ShouldBe(codes);
    }

    [Fact, Trait("Threat", "T44")]
    public async Task EveryCall_OthersThanManagersOfTheTenant_AreRefused()
    {
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var stranger = await host.NewTenantAsync();
        foreach (var call in (string[])["", "/verify", "/checkpoints"])
        {
            var absent = (await host.SendAsync("GET", $"/v1/tenants/no-such-tenant/audit-events{call}", token: stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            var foreign = (await host.SendAsync("GET", Path(owner) + call, token: stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            foreign.Comparable.ShouldBe(absent.Comparable);
            (await host.SendAsync("GET", Path(owner) + call, token: await host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await host.SendAsync("GET", Path(owner) + call, token: viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await host.SendAsync("GET", Path(owner) + call)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        }

        (await host.SendAsync("GET", Path(owner), token: viewer.Token, headers: ("Accept", Ndjson))).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        host.Service<LongReadLimiter>().Running.ShouldBe(0);
    }

    [Fact]
    public async Task Export_Ndjson_IsTheWholeLogInOrderAndFiltersHold()
    {
        var owner = await host.NewTenantAsync();
        await AppendAsync(owner, [.. Enumerable.Range(0, 600).Select(i => Entry($"usr_{i % 2}", $"u{i}"))]);

        var all = await ExportAsync(owner);
        var some = await ExportAsync(owner, "?target=usr_1");

        all.Select(e => e.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, all.Count).Select(i => (long)i));
        all.Count.ShouldBeGreaterThanOrEqualTo(600);
        some.Count.ShouldBe(300);
        some.Select(e => e.GetProperty("sequence").GetInt64()).ShouldBeInOrder();
        all[^1].ToString().ShouldBe((await ListAsync(owner, "?limit=1")).Items[0].ToString());
    }

    [Theory, Trait("Threat", "T75")]
    [InlineData("＝1+1")]
    [InlineData("＋1")]
    [InlineData("－1")]
    [InlineData("＠SUM(A1)")]
    [InlineData("−1")]
    public async Task Export_CsvOfAFormulaInOtherForms_IsNone(string text)
    {
        var owner = await host.NewTenantAsync();
        await AppendAsync(owner, Entry("usr_h", text));
        (await host.SendAsync("GET", Path(owner) + "?target=usr_h", token: owner.Token, headers: ("Accept", "text/csv"))).Text.ShouldContain($"\"'{text}\"");
    }

    [Fact, Trait("Threat", "T75")]
    public async Task Export_CsvOfHostileTexts_OneLineAnEventAndNoFormulas()
    {
        var owner = await host.NewTenantAsync();
        var hostile = Entry("usr_h", "=HYPERLINK(\"http://evil.test\")") with { Client = new ClientInfo("192.0.2.7", "a\r\nb\u001b[31m,\"c\"") };
        await AppendAsync(owner, hostile);

        var answer = (await host.SendAsync("GET", Path(owner) + "?target=usr_h", token: owner.Token, headers: ("Accept", "text/csv"))).ShouldBe(HttpStatusCode.OK);

        answer.ContentType.ShouldBe("text/csv");
        var lines = answer.Text.Split("\r\n");
        lines.Length.ShouldBe(3);
        lines[2].ShouldBeEmpty();
        lines[0].ShouldStartWith("\"sequence\",\"id\",\"time\"");
        lines[1].ShouldContain("\"'=HYPERLINK(\"\"http://evil.test\"\")\"");
        lines[1].ShouldContain("\"a\\r\\nb\\u001b[31m,\"\"c\"\"\"");
    }

    [Fact]
    public async Task Verify_AndTheOfflineCheckOfTheExport_Agree()
    {
        var owner = await host.NewTenantAsync();
        await AppendAsync(owner, [.. Enumerable.Range(0, 1_100).Select(i => Entry("usr_v", $"ünï \"{i}\""))]);
        await AppendAsync(owner, Entry("usr_v", "after the checkpoint"), Entry("usr_v", "likewise"));

        var answer = (await host.SendAsync("GET", Path(owner) + "/verify", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json;
        var checkpoints = (await host.SendAsync("GET", Path(owner) + "/checkpoints", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        var export = (await host.SendAsync("GET", Path(owner), token: owner.Token, headers: ("Accept", Ndjson))).Text;

        answer.GetProperty("valid").GetBoolean().ShouldBeTrue();
        answer.GetProperty("checked").GetInt64().ShouldBeGreaterThanOrEqualTo(1_100);
        answer.GetProperty("firstInvalidSequence").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.GetProperty("checkpoints").GetInt64().ShouldBe(1);
        answer.GetProperty("unsigned").GetInt64().ShouldBe(2);
        (await OfflineCheck.RunAsync(export, checkpoints.Text)).Report.ShouldContain("2 events at the end are covered by no checkpoint");
        checkpoints.Items.ShouldHaveSingleItem().GetProperty("keyId").GetString().ShouldBe(checkpoints.Json.GetProperty("keys")[0].GetProperty("keyId").GetString());
        (await VerifyLogAsync(export, checkpoints.Text)).ShouldBe((0, "GOOD"));
    }

    /// <summary>Whoever alters an export or cuts it is found out without the platform.</summary>
    [Fact, Trait("Threat", "T73")]
    public async Task VerifyLog_AlteredExport_NamesTheEvent()
    {
        var owner = await host.NewTenantAsync();
        await AppendAsync(owner, [.. Enumerable.Range(0, 1_005).Select(i => Entry("usr_v", $"u{i}"))]);
        var export = (await host.SendAsync("GET", Path(owner), token: owner.Token, headers: ("Accept", Ndjson))).Text;
        var checkpoints = (await host.SendAsync("GET", Path(owner) + "/checkpoints", token: owner.Token)).Text;
        var lines = export.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var index = lines.Length - 3;
        var number = index + 1;
        string Edited(string line) => string.Join('\n', lines.Select((l, i) => i == index ? line : l));

        foreach (var (from, to) in new[]
        {
            ("\"success\"", "\"failure\""), ("\"user.updated\"", "\"user.created\""), ("192.0.2.7", "192.0.2.8"), ("Browser", "Brauser"), ("a@example.com", "b@example.com"),
            ("\"mia\"", "\"mio\""), ("\"after\":null", "\"after\":\"\""), ("usr_v", "usr_w"), ("\"reason\":null", "\"reason\":\"x\""), ("\"usr_manager\"", "null"),
        })
        {
            lines[index].ShouldContain(from);
            (await VerifyLogAsync(Edited(lines[index].Replace(from, to, StringComparison.Ordinal)), null)).ShouldBe((1, $"event {number}"));
        }

        (await VerifyLogAsync(string.Join('\n', lines.Where((_, i) => i != index)), null)).ShouldBe((1, $"event {number}"));
        (await VerifyLogAsync(string.Join('\n', lines.Take(900)), null)).ShouldBe((0, "GOOD"));
        (await VerifyLogAsync(string.Join('\n', lines.Take(900)), checkpoints)).ShouldBe((1, "event 901"));
        (await VerifyLogAsync(export, checkpoints.Replace("\"sequence\":100", "\"sequence\":101", StringComparison.Ordinal))).Exit.ShouldBe(2);
        (await VerifyLogAsync(export, checkpoints, "--key", "0123")).Exit.ShouldBe(2);
        (await VerifyLogAsync("{}", null)).Exit.ShouldBe(2);
    }

    /// <summary>Readers that stop reading take two places of their tenant, nothing of anybody else, and give them back when they go.</summary>
    [Fact, Trait("Threat", "T72")]
    public async Task Export_StalledReaders_TakeNobodyElsesTurn()
    {
        var owner = await host.NewTenantAsync();
        var big = Entry("usr_big", "big") with { Changes = [.. Enumerable.Range(0, 4).Select(i => new AuditChange($"/{i}", null, CanonicalJson.Text(new string('x', 8_000))))] };
        for (var i = 0; i < 8; i++) await AppendAsync(owner, [.. Enumerable.Repeat(big, 100)]);
        using var client = host.NewClient();
        var stalled = new List<HttpResponseMessage>();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path(owner));
            request.Headers.Authorization = new("Bearer", owner.Token);
            request.Headers.Accept.ParseAdd(Ndjson);
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            stalled.Add(response);
        }

        var refused = (await host.SendAsync("GET", Path(owner), token: owner.Token, headers: ("Accept", Ndjson))).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts");
        refused.Header("Retry-After").ShouldNotBeNull();
        (await host.SendAsync("GET", Path(owner) + "/verify", token: owner.Token)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts");
        var other = await host.NewTenantAsync();
        (await ExportAsync(other)).ShouldNotBeNull();

        foreach (var response in stalled) response.Dispose();
        var deadline = host.Time.GetTimestamp();
        while ((await host.SendAsync("GET", Path(owner) + "?limit=1&target=usr_none", token: owner.Token, headers: ("Accept", Ndjson))).Status != HttpStatusCode.OK)
        {
            host.Time.GetElapsedTime(deadline).ShouldBeLessThan(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task SecurityEvents_AreOnesOwn_WithoutTheAddressesOfOthers()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        await AppendAsync(owner, Entry(bob.Id, "bob"), Entry("usr_else", "else"));

        var own = (await host.SendAsync("GET", "/v1/me/security-events", token: bob.Token)).ShouldBe(HttpStatusCode.OK).Items;

        var about = own.Where(e => e.GetProperty("actor").GetProperty("id").GetString() == "usr_manager").ShouldHaveSingleItem();
        about.GetProperty("actor").GetProperty("name").GetString().ShouldBe("mia");
        about.GetProperty("ip").ValueKind.ShouldBe(JsonValueKind.Null);
        about.GetProperty("userAgent").ValueKind.ShouldBe(JsonValueKind.Null);
        own.ShouldAllBe(e => e.GetProperty("actor").GetProperty("id").GetString() == bob.Id || e.GetProperty("target").GetProperty("id").GetString() == bob.Id);
    }

    private static string Path(TestUser user) => $"/v1/tenants/{user.Slug}/audit-events";

    private static AuditEntry Entry(string target, string name) => new()
    {
        Action = AuditActions.UserUpdated,
        Actor = new AuditParty(AuditParties.User, "usr_manager", "mia"),
        Target = new AuditParty(AuditParties.User, target, name),
        Client = new ClientInfo("192.0.2.7", "Browser/1.0") { TraceId = new string('a', 32) },
        Session = default(SessionId),
        Changes = [new AuditChange("/email", "\"a@example.com\"", null)],
    };

    private static async Task<(int Exit, string Verdict)> VerifyLogAsync(string export, string? checkpoints, params string[] more)
    {
        var (exit, report) = await OfflineCheck.RunAsync(export, checkpoints, more);
        var lines = report.Split('\n');
        return (exit, lines[0].StartsWith("NOT GOOD", StringComparison.Ordinal) ? string.Join(' ', lines[1].Split(' ').Take(2)) : lines[0].Trim());
    }

    private Task AppendAsync(TestUser owner, params ImmutableArray<AuditEntry> entries) =>
        host.Grains.AuditLog(PrefixedId.Parse<TenantId>(owner.TenantId)).AppendAsync(entries, default);

    private async Task<Answer> ListAsync(TestUser owner, string query) => (await host.SendAsync("GET", Path(owner) + query, token: owner.Token)).ShouldBe(HttpStatusCode.OK);

    private async Task<List<JsonElement>> ExportAsync(TestUser owner, string query = "")
    {
        var answer = (await host.SendAsync("GET", Path(owner) + query, token: owner.Token, headers: ("Accept", Ndjson))).ShouldBe(HttpStatusCode.OK);
        answer.ContentType.ShouldBe(Ndjson);
        return [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
