using System.Security.Cryptography;
using Platform.Api.Limits;
using Platform.Api.Tests.Audit;
using Platform.Api.Tests.SecondFactors;
using Platform.Api.Tests.Users;
using Platform.Audit;

namespace Platform.Api.Tests.Privacy;

public sealed class UserExportTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string AnasProgram = "Anas-Browser/7";

    /// <summary>Everything there is of Ana is in it, and nothing of Zora, who had to do with her all the time.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task Export_HoldsAllOfTheUserAndNothingOfOthers()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var ana = await host.NewUserAsync(owner, "ana-canary", "owner");
        var zora = await host.NewUserAsync(owner, "zora-canary", "owner");
        var number = SecondFactorCalls.NewNumber();
        var zorasSession = await SignInWithAsync(zora, "Zoras-Browser/9");
        ana = ana with { Token = (await SignInWithAsync(ana, AnasProgram)).Token };

        // Of each other, and of what both work on.
        (await host.SendAsync("PATCH", PrivacyCalls.PathOf(ana), new { email = "ana-new@example.com" }, zorasSession.Token, null, ("User-Agent", "Zoras-Browser/9"))).ShouldBe(HttpStatusCode.OK);
        (await host.ConfirmEmailAsync(await host.LinkAsync(owner.Slug, "ana-new@example.com"))).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("PATCH", PrivacyCalls.PathOf(zora), new { email = "zora-new@example.com" }, ana.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("POST", $"{PrivacyCalls.PathOf(ana)}/password-reset", token: zorasSession.Token)).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync("DELETE", $"{PrivacyCalls.PathOf(zora)}/sessions", token: ana.Token)).ShouldBe(HttpStatusCode.NoContent);
        var key = await host.NewKeyAsync(ana, "introspect");
        var scenario = await MakeScenarioAsync(ana, "Anas sale");
        (await host.SendAsync("POST", $"{scenario}/comments", new { text = "Written by Ana." }, ana.Token)).ShouldBe(HttpStatusCode.Created);
        zora = zora with { Token = (await host.SignInAsync(zora)).Token };
        (await host.SendAsync("POST", $"{scenario}/comments", new { text = "Written by the other one." }, zora.Token)).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("PUT", $"{scenario}/grants/{zora.Id}", new { permissions = new[] { "read" } }, ana.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("PUT", $"{scenario}/grants/{ana.Id}", new { permissions = new[] { "read", "edit" } }, ana.Token)).ShouldBe(HttpStatusCode.NoContent);
        await host.WithPhoneAsync(ana, number);

        var archive = await host.ExportAsync(ana, await FreshAsync(ana, number));

        archive.Names.ShouldBe([
            "README.txt", "description.json", "profile.json", "second-factors.json", "sessions.json", "access-log.ndjson", "scenarios.json", "scenario-comments.json",
            "api-keys.json", "notifications.json",
        ]);
        var profile = archive.Json("profile.json");
        profile.GetProperty("username").GetString().ShouldBe("ana-canary");
        profile.GetProperty("email").GetString().ShouldBe("ana-new@example.com");
        profile.GetProperty("emailVerified").GetBoolean().ShouldBeTrue();
        profile.GetProperty("formerEmails").EnumerateArray().ShouldHaveSingleItem().GetProperty("email").GetString().ShouldBe("ana-canary@example.com");
        profile.GetProperty("confirmationLinksSentAt").GetArrayLength().ShouldBe(1);
        profile.GetProperty("devicesSeen").GetArrayLength().ShouldBeGreaterThan(0);
        profile.GetProperty("networksSeen").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("127.0.0.0/24");
        profile.GetProperty("role").GetString().ShouldBe("owner");
        profile.GetProperty("resetLinksSentAt").GetArrayLength().ShouldBe(1);
        profile.GetProperty("scenarioGrants")[0].GetProperty("permissions").ToString().ShouldBe("""["edit","read"]""");
        var factor = archive.Json("second-factors.json").GetProperty("factors").EnumerateArray().ShouldHaveSingleItem();
        (factor.GetProperty("kind").GetString(), factor.GetProperty("phoneNumber").GetString()).ShouldBe(("sms", number));
        factor.GetProperty("since").GetDateTimeOffset().ShouldBeLessThanOrEqualTo(host.Time.GetUtcNow());
        archive.Json("sessions.json").EnumerateArray().ShouldContain(session => session.GetProperty("userAgent").GetString() == AnasProgram);
        archive.Json("scenario-comments.json").EnumerateArray().ShouldHaveSingleItem().GetProperty("text").GetString().ShouldBe("Written by Ana.");
        archive.Json("scenarios.json").EnumerateArray().ShouldHaveSingleItem().GetProperty("scenarioName").GetString().ShouldBe("Anas sale");
        archive.Json("api-keys.json").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(key.Id);
        var log = archive.Lines("access-log.ndjson");
        log[0].GetProperty("action").GetString().ShouldBe("user.exported", "the log is written first");
        log.ShouldContain(e => e.GetProperty("action").GetString() == "user.updated" && e.GetProperty("changes").ToString().Contains("ana-new@example.com", StringComparison.Ordinal), "what was done to her");
        log.ShouldContain(e => e.GetProperty("action").GetString() == "session.revoked" && e.GetProperty("sessionId").ValueKind == JsonValueKind.Null, "what she did to others");
        log.Select(e => e.GetProperty("sequence").GetInt64()).ShouldBeInOrder(SortDirection.Descending);

        foreach (var foreign in new[] { "zora", "Zoras-Browser", zora.Id, zorasSession.Id, "other one", owner.Id, key.Text, zora.Token, ana.Token, ana.Password, "argon2", "salt" })
        {
            archive.All.ShouldNotContain(foreign, Case.Insensitive);
        }
    }

    /// <summary>No field without an explanation, no explanation without a field.</summary>
    [Fact]
    public async Task Export_EveryFieldOfEveryFile_IsDescribed()
    {
        var owner = await host.NewTenantAsync();
        await MakeScenarioAsync(owner, "One");
        (await host.SendAsync("POST", $"{await MakeScenarioAsync(owner, "Two")}/comments", new { text = "x" }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        await host.NewKeyAsync(owner, "read");

        var archive = await host.ExportAsync(owner, owner.Token);

        var described = archive.Json("description.json").GetProperty("files").EnumerateArray()
            .ToDictionary(file => file.GetProperty("name").GetString()!, file => file.GetProperty("fields").EnumerateObject().Select(field => field.Name).ToArray(), StringComparer.Ordinal);
        described.Keys.ShouldBe(archive.Names.Except(["README.txt", "description.json"]), ignoreOrder: true);
        foreach (var (name, fields) in described)
        {
            archive["README.txt"].ShouldContain(name);
            var shown = name.EndsWith(".ndjson", StringComparison.Ordinal) ? archive.Lines(name)[0]
                : archive.Json(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().FirstOrDefault() : archive.Json(name);
            if (shown.ValueKind != JsonValueKind.Object) continue;
            fields.Select(field => field.Replace("[].", "", StringComparison.Ordinal)).ShouldBe(shown.EnumerateObject().Select(member => member.Name), name);
        }
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Export_ByOthers_IsForWhoRulesOverTheUser()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "editor");
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/roles", new { name = "desk", permissions = new[] { "manage-users" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var desk = await host.NewUserAsync(owner, "desk", "desk");
        var stranger = await host.NewTenantAsync();

        (await host.TryExportAsync(bob, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.TryExportAsync(bob, desk.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.TryExportAsync(bob, token: null)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.TryExportAsync(bob, (await host.NewKeyAsync(owner, "read", "audit")).Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
        (await host.TryExportAsync(bob, await host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        var absent = (await host.TryExportAsync(stranger with { Id = "usr_" + new string('0', 32) }, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.TryExportAsync(stranger with { Id = bob.Id }, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable.ShouldBe(absent.Comparable);
        (await LogAsync(owner, bob)).ShouldNotContain("user.exported");

        (await host.ExportAsync(bob, owner.Token)).Json("profile.json").GetProperty("username").GetString().ShouldBe("bob");
        (await LogAsync(owner, bob)).Count(action => action == "user.exported").ShouldBe(1);
        host.Service<LongReadLimiter>().Running.ShouldBe(0);
    }

    [Fact]
    public async Task Export_OfOneself_NeedsASignInOfTheLastQuarterHour()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        host.Time.Advance(TimeSpan.FromMinutes(16));

        (await host.TryExportAsync(bob, bob.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        (await host.ExportAsync(bob, (await host.SignInAsync(bob)).Token)).Names.ShouldNotBeEmpty();
    }

    /// <summary>A log that cannot be written: nothing is given out.</summary>
    [Fact, Trait("Threat", "T74")]
    public async Task Export_LogCannotBeWritten_IsRefused()
    {
        await using var failing = await new FailingAuditHost().StartedAsync();
        var owner = await failing.NewTenantAsync();
        failing.Database.FailBefore = FaultyDatabase.AuditWrite;

        (await failing.TryExportAsync(owner, owner.Token)).ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        failing.Service<LongReadLimiter>().Running.ShouldBe(0);
    }

    /// <summary>Readers that stop reading take turns of their tenant and nothing else; what is cut off opens nowhere.</summary>
    [Fact, Trait("Threat", "T72")]
    public async Task Export_StalledReaders_TakeNobodyElsesTurnAndGetNothingWhole()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        for (var i = 0; i < 8; i++) await AppendAsync(owner, [.. Enumerable.Range(0, 100).Select(_ => BigEntry(bob))]);
        using var client = host.NewClient();
        var stalled = new List<HttpResponseMessage>();
        for (var i = 0; i < 2; i++)
        {
            using var request = PrivacyCalls.ExportRequest(bob, bob.Token);
            stalled.Add(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
            stalled[i].StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await host.TryExportAsync(bob, bob.Token)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts").Header("Retry-After").ShouldNotBeNull();
        var other = await host.NewTenantAsync();
        (await host.ExportAsync(other, other.Token)).Names.ShouldNotBeEmpty();

        // The user is gone before the export is through: it ends in the middle.
        (await host.SendAsync("DELETE", PrivacyCalls.PathOf(bob), token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        foreach (var response in stalled)
        {
            await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
            response.Dispose();
        }

        (await host.TryExportAsync(bob, owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        host.Service<LongReadLimiter>().Running.ShouldBe(0);
    }

    private async Task<SignedIn> SignInWithAsync(TestUser user, string program)
    {
        var answer = await host.SendAsync(
            "POST", "/v1/sign-in", new { tenant = user.Slug, username = user.Username, password = user.Password, transport = "token" }, null, null, ("User-Agent", program));
        return new SignedIn(answer.ShouldBe(HttpStatusCode.OK).String("token")!, answer.Json.GetProperty("session"));
    }

    /// <summary>A session with the second factor proven.</summary>
    private async Task<string> FreshAsync(TestUser user, string number)
    {
        var challenge = await host.ChallengeAsync(user);
        (await host.SendAsync("POST", "/v1/sign-in/sms", new { challenge })).ShouldBe(HttpStatusCode.Accepted);
        return (await host.ProveAsync(challenge, await host.MessageAsync(number, 2), "sms")).ShouldBe(HttpStatusCode.OK).String("token")!;
    }

    private async Task<string> MakeScenarioAsync(TestUser user, string name)
    {
        var made = (await host.SendAsync("POST", $"/v1/tenants/{user.Slug}/scenarios", new { name, kind = "scenario", content = new { } }, user.Token)).ShouldBe(HttpStatusCode.Created);
        return $"/v1/tenants/{user.Slug}/scenarios/{made.String("id")}";
    }

    private async Task<List<string>> LogAsync(TestUser owner, TestUser about)
    {
        var found = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?target={about.Id}&limit=200", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        return [.. found.Items.Select(e => e.GetProperty("action").GetString()!)];
    }

    private Task AppendAsync(TestUser owner, params System.Collections.Immutable.ImmutableArray<AuditEntry> entries) =>
        host.Grains.AuditLog(PrefixedId.Parse<TenantId>(owner.TenantId)).AppendAsync(entries, default);

    /// <summary>Compression cannot make it small.</summary>
    private static AuditEntry BigEntry(TestUser about) => AuditEntry.BySystem(AuditActions.UserUpdated, new AuditParty(AuditParties.User, about.Id, about.Username)) with
    {
        Changes = [.. Enumerable.Range(0, 4).Select(i => new AuditChange($"/{i}", null, CanonicalJson.Text(Convert.ToBase64String(RandomNumberGenerator.GetBytes(5_900)))))],
    };
}
