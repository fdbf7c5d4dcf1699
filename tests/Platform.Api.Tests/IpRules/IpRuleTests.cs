using Platform.Api.Tests.ForwardedHeaders;

namespace Platform.Api.Tests.IpRules;

public sealed class IpRuleTests(ProxiedHost host) : IClassFixture<ProxiedHost>
{
    private const string Office = "198.51.100.7";
    private const string Elsewhere = "203.0.113.9";

    [Fact, Trait("Threat", "T64")]
    public async Task Put_DenyForALivingSession_RefusesItsNextCallThereAndEndsNothing()
    {
        var owner = await EnterpriseAsync();
        (await PeekAsync(Elsewhere, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await PutAsync(Office, owner, Rule(Office))).ShouldBe(HttpStatusCode.OK);

        (await PeekAsync(Elsewhere, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendFromAsync(Elsewhere, "POST", "/v1/session/validate", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await PeekAsync(Office, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await PeekAsync("::ffff:" + Office, owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact, Trait("Threat", "T64")]
    public async Task Touch_FromARefusedAddress_DoesNotExtend()
    {
        var owner = await EnterpriseAsync();
        (await PutAsync(Office, owner, Rule(Office))).ShouldBe(HttpStatusCode.OK);
        var before = (await PeekAsync(Office, owner.Token)).String("lastActivityAt");
        host.Time.Advance(TimeSpan.FromMinutes(1));

        (await host.SendFromAsync(Elsewhere, "POST", "/v1/session/touch", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");

        (await PeekAsync(Office, owner.Token)).String("lastActivityAt").ShouldBe(before);
    }

    [Fact]
    public async Task SignIn_RefusedAddress_Is403OnlyAfterTheRightPassword()
    {
        var owner = await EnterpriseAsync();
        (await PutAsync(Office, owner, Rule(Office))).ShouldBe(HttpStatusCode.OK);

        (await SignInAsync(Elsewhere, owner, "Wrong-Password-1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await SignInAsync(Elsewhere, owner, owner.Password)).ShouldBeProblem(HttpStatusCode.Forbidden, "ip_not_allowed");
        (await SignInAsync(Office, owner, owner.Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SignOut_FromARefusedAddress_EndsTheSession()
    {
        var owner = await EnterpriseAsync();
        (await PutAsync(Office, owner, Rule(Office))).ShouldBe(HttpStatusCode.OK);

        (await host.SendFromAsync(Elsewhere, "POST", "/v1/sign-out", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await PeekAsync(Office, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    public async Task Put_ForOneUser_NarrowsThatUserAlone()
    {
        var owner = await EnterpriseAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        (await PutAsync(Office, owner, Rule(Office, appliesTo: "user:" + bob.Id))).ShouldBe(HttpStatusCode.OK);

        (await PeekAsync(Elsewhere, bob.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await PeekAsync(Office, bob.Token)).ShouldBe(HttpStatusCode.OK);
        (await PeekAsync(Elsewhere, owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact, Trait("Threat", "T64")]
    public async Task Put_WouldRefuseItsEditor_IsRefusedUnlessForced()
    {
        var owner = await EnterpriseAsync();
        (await PutAsync(Elsewhere, owner, Rule(Office))).ShouldBeProblem(HttpStatusCode.Conflict, "would_lock_out_editor");
        (await GetAsync(Elsewhere, owner)).Json.GetProperty("rules").GetArrayLength().ShouldBe(0);

        (await PutAsync(Elsewhere, owner, "?force=true", Rule(Office))).ShouldBe(HttpStatusCode.OK);

        (await GetAsync(Elsewhere, owner)).ShouldBe(HttpStatusCode.Unauthorized);
        (await GetAsync(Office, owner)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Put_WithoutTheFeature_NeedsTheEdition()
    {
        var owner = await host.NewTenantAsync();
        (await PutAsync(Office, owner, Rule(Office))).ShouldBeProblem(HttpStatusCode.Forbidden, "edition_required");
        (await DryRunAsync(owner, Rule(Office))).ShouldBeProblem(HttpStatusCode.Forbidden, "edition_required");
        var found = await GetAsync(Elsewhere, owner);
        found.Json.GetProperty("inForce").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Feature_SwitchedOffAndOn_KeepsTheRules()
    {
        var owner = await EnterpriseAsync();
        (await PutAsync(Office, owner, Rule(Office))).ShouldBe(HttpStatusCode.OK);

        await SwitchAsync(owner, on: false);
        (await PeekAsync(Elsewhere, owner.Token)).ShouldBe(HttpStatusCode.OK);

        await SwitchAsync(owner, on: true);
        (await PeekAsync(Elsewhere, owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await GetAsync(Office, owner)).Json.GetProperty("rules")[0].GetProperty("cidr").GetString().ShouldBe(Office + "/32");
    }

    [Fact, Trait("Threat", "T63")]
    public async Task Put_BadRules_NamesEveryFaultAndChangesNothing()
    {
        var owner = await EnterpriseAsync();
        var stranger = await host.NewTenantAsync();
        var answer = await PutAsync(
            Office, owner, Rule("010.0.0.1"), Rule("10.1.0.0/8"), Rule(Office, appliesTo: "somebody"), Rule(Office, appliesTo: "user:" + stranger.Id), Rule(Office));
        answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        answer.Errors.ShouldBe(
        [
            ("/rules/0/cidr", "invalid_cidr"), ("/rules/1/cidr", "invalid_cidr"), ("/rules/2/appliesTo", "invalid_applies_to"), ("/rules/3/appliesTo", "unknown_user"),
        ]);
        (await PutAsync(Office, owner, [.. Enumerable.Range(0, 501).Select(_ => Rule(Office))])).Errors.ShouldBe([("/rules", "too_many_rules")]);
        (await host.SendFromAsync(Office, "PUT", Path(owner), """{ "rules": [{ "cidr": 7, "action": "maybe" }, 3] }""", owner.Token)).Errors.ShouldBe(
            [("/rules/0/cidr", "wrong_type"), ("/rules/0/action", "wrong_type"), ("/rules/0/appliesTo", "missing"), ("/rules/1", "wrong_type")]);
        (await GetAsync(Office, owner)).Json.GetProperty("rules").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task DryRun_ListsTheSessionsThatWouldBeRefused_PageByPageAndChangesNothing()
    {
        var owner = await EnterpriseAsync();
        var far = new List<string?>();
        for (var i = 0; i < 5; i++) far.Add((await SignInAsync(Elsewhere, owner, owner.Password)).Json.GetProperty("session").GetProperty("id").GetString());
        await SignInAsync(Office, owner, owner.Password);
        var ended = await SignInAsync(Elsewhere, owner, owner.Password);
        await host.SignOutAsync(ended.String("token"));

        var listed = new List<string?>();
        for (var query = "?limit=2"; ;)
        {
            var page = (await DryRunAsync(owner, query, Rule(Office), Rule("127.0.0.0/8"))).ShouldBe(HttpStatusCode.OK);
            listed.AddRange(page.Items.Select(item => item.GetProperty("id").GetString()));
            page.Items.ShouldAllBe(item => item.GetProperty("ip").GetString() == Elsewhere && item.GetProperty("userId").GetString() == owner.Id);
            if (page.String("nextCursor") is not { } cursor) break;
            query = $"?limit=2&cursor={Uri.EscapeDataString(cursor)}";
        }

        listed.ShouldBe(far, ignoreOrder: true);
        (await PeekAsync(Elsewhere, owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact, Trait("Threat", "T44")]
    public async Task Any_WithoutTheRight_IsRefused()
    {
        var owner = await EnterpriseAsync();
        var viewer = await host.NewUserAsync(owner, "bob", "viewer");
        var stranger = await EnterpriseAsync();
        foreach (var (method, path) in new[] { ("GET", Path(owner)), ("PUT", Path(owner)), ("POST", Path(owner) + "/dry-run") })
        {
            var body = method == "GET" ? null : new { rules = Array.Empty<object>() };
            (await host.SendFromAsync(Office, method, path, body, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await host.SendFromAsync(Office, method, path, body, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await host.SendFromAsync(Office, method, path, body)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        }
    }

    /// <summary>Validations that begin after the rule was answered are refused, however many are under way.</summary>
    [Fact, Trait("Threat", "T64"), Trait("Threat", "T40")]
    public async Task Put_AgainstValidationLoops_LeavesNoStaleAccept()
    {
        var owner = await EnterpriseAsync();
        var stale = 0;
        for (var round = 0; round < 10; round++)
        {
            var answered = false;
            var loops = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                bool begunAfter;
                do
                {
                    begunAfter = Volatile.Read(ref answered);
                    var status = (await host.SendFromAsync(Elsewhere, "POST", "/v1/session/validate", token: owner.Token)).Status;
                    if (begunAfter && status == HttpStatusCode.NoContent) Interlocked.Increment(ref stale);
                }
                while (!begunAfter);
            })).ToArray();
            (await PutAsync(Office, owner, Rule(Office))).ShouldBe(HttpStatusCode.OK);
            Volatile.Write(ref answered, true);
            await Task.WhenAll(loops);
            (await PutAsync(Office, owner)).ShouldBe(HttpStatusCode.OK);
            (await PeekAsync(Elsewhere, owner.Token)).ShouldBe(HttpStatusCode.OK);
        }

        stale.ShouldBe(0);
    }

    [Fact]
    public async Task Rules_AfterARestart_Hold()
    {
        await using var restarted = await new ProxiedHost().StartedAsync();
        var owner = await EnterpriseAsync(restarted);
        (await restarted.SendFromAsync(Office, "PUT", Path(owner), new { rules = new[] { Rule(Office) } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        await restarted.RestartAsync();
        (await restarted.SendFromAsync(Elsewhere, "GET", "/v1/session", token: owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await restarted.SendFromAsync(Office, "GET", "/v1/session", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    private static object Rule(string cidr, string action = "allow", string appliesTo = "all") => new { cidr, action, appliesTo };

    private static string Path(TestUser owner) => $"/v1/tenants/{owner.Slug}/ip-rules";

    private Task<TestUser> EnterpriseAsync() => EnterpriseAsync(host);

    private static async Task<TestUser> EnterpriseAsync(ProxiedHost host)
    {
        var owner = await host.NewTenantAsync("enterprise");
        await SwitchAsync(host, owner, on: true);
        return owner;
    }

    private Task SwitchAsync(TestUser owner, bool on) => SwitchAsync(host, owner, on);

    private static async Task SwitchAsync(ProxiedHost host, TestUser owner, bool on) =>
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { ipRules = on } })).ShouldBe(HttpStatusCode.OK);

    private Task<Answer> PutAsync(string from, TestUser owner, params object[] rules) => PutAsync(from, owner, "", rules);

    private Task<Answer> PutAsync(string from, TestUser owner, string query, params object[] rules) =>
        host.SendFromAsync(from, "PUT", Path(owner) + query, new { rules }, owner.Token);

    private Task<Answer> DryRunAsync(TestUser owner, params object[] rules) => DryRunAsync(owner, "", rules);

    private Task<Answer> DryRunAsync(TestUser owner, string query, params object[] rules) =>
        host.SendFromAsync(Elsewhere, "POST", Path(owner) + "/dry-run" + query, new { rules }, owner.Token);

    private Task<Answer> GetAsync(string from, TestUser owner) => host.SendFromAsync(from, "GET", Path(owner), token: owner.Token);

    private Task<Answer> PeekAsync(string from, string token) => host.SendFromAsync(from, "GET", "/v1/session", token: token);

    private Task<Answer> SignInAsync(string from, TestUser user, string password) =>
        host.SendFromAsync(from, "POST", "/v1/sign-in", new { tenant = user.Slug, username = user.Username, password, transport = "token" });
}
