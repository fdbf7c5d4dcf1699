using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Platform.Api.Tests.Audit;
using Platform.Api.Tests.SecondFactors;
using Platform.Audit;
using Platform.Security;

namespace Platform.Api.Tests.Privacy;

public sealed class UserErasureTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact, Trait("Threat", "T52")]
    public async Task Erase_TakesAllOfTheUser_AndTheLogStillVerifies()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob-canary", "editor");
        var failed = await host.TrySignInAsync(bob.Slug, bob.Username, "Wrong-Harbour-71");
        failed.Status.ShouldBe(HttpStatusCode.Unauthorized);

        var answer = (await host.EraseAsync(bob, owner.Token)).ShouldBe(HttpStatusCode.Accepted);

        answer.Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);
        answer.Json.GetProperty("dataKeyDestroyed").GetBoolean().ShouldBeTrue();
        (answer.String("user"), answer.String("tenant")).ShouldBe((bob.Id, bob.TenantId));
        (await host.PeekAsync(bob.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.TrySignInAsync(bob.Slug, bob.Username, bob.Password)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await host.SendAsync("GET", PrivacyCalls.PathOf(bob), token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", $"{PrivacyCalls.PathOf(bob)}/sessions", token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.TryExportAsync(bob, owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        var log = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?limit=200", token: owner.Token);
        log.Text.ShouldNotContain("bob-canary");
        foreach (var found in log.Items.Where(e => e.GetProperty("target").GetProperty("id").GetString() == bob.Id || e.GetProperty("actor").GetProperty("id").GetString() == bob.Id))
        {
            found.GetProperty("target").GetProperty("name").ValueKind.ShouldBe(JsonValueKind.Null);
            if (found.GetProperty("actor").GetProperty("id").GetString() == owner.Id) continue;
            found.GetProperty("ip").ValueKind.ShouldBe(JsonValueKind.Null);
            found.GetProperty("userAgent").ValueKind.ShouldBe(JsonValueKind.Null);
        }

        var verified = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/verify", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json;
        verified.GetProperty("valid").GetBoolean().ShouldBeTrue();
        var hidden = verified.GetProperty("erased").GetInt64();
        hidden.ShouldBeGreaterThanOrEqualTo(3);
        var export = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events", token: owner.Token, headers: ("Accept", "application/x-ndjson"));
        (await OfflineCheck.RunAsync(export.Text, checkpoints: null)).Report.ShouldContain($"; {hidden} with erased parts");
        var again = await host.NewUserAsync(owner, "bob-canary", "viewer");
        again.Id.ShouldNotBe(bob.Id, "the name is free, the id is used up");
    }

    /// <summary>With nothing but the certificate, the log and the public keys.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task Certificate_CanBeCheckedWithoutThePlatform()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var erased = (await host.EraseAsync(bob, owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        erased.Header("Location").ShouldBe($"/v1/tenants/{owner.TenantId}/erasures/{erased.String("id")}");

        // As docs/operations/privacy.md tells: domain line, canonical JSON, ECDSA on P-256.
        var json = erased.Json;
        string Time(string member) => json.GetProperty(member).GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var what = string.Join(',', json.GetProperty("what").EnumerateArray().Select(part => $"\"{part.GetString()}\""));
        var content =
            $"platform-erasure-v1\n{{\"completedAt\":\"{Time("completedAt")}\",\"dataKeyDestroyed\":true,\"id\":\"{erased.String("id")}\",\"logHash\":\"{erased.String("logHash")}\","
            + $"\"logSequence\":{json.GetProperty("logSequence").GetInt64()},\"requestedAt\":\"{Time("requestedAt")}\",\"tenant\":\"{owner.TenantId}\",\"user\":\"{bob.Id}\",\"what\":[{what}]}}";
        var keys = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/checkpoints", token: owner.Token)).Json.GetProperty("keys").EnumerateArray();
        using var key = ECDsa.Create();
        key.ImportFromPem(keys.Single(k => k.GetProperty("keyId").GetString() == erased.String("keyId")).GetProperty("publicKey").GetString());
        var signature = Convert.FromHexString(erased.String("signature")!);
        key.VerifyData(Encoding.UTF8.GetBytes(content), signature, HashAlgorithmName.SHA256).ShouldBeTrue();
        key.VerifyData(Encoding.UTF8.GetBytes(content.Replace(bob.Id, owner.Id, StringComparison.Ordinal)), signature, HashAlgorithmName.SHA256).ShouldBeFalse();
        var told = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?target={bob.Id}&action=user.erased", token: owner.Token)).Items.ShouldHaveSingleItem();
        (told.GetProperty("sequence").GetInt64(), told.GetProperty("hash").GetString()).ShouldBe((json.GetProperty("logSequence").GetInt64(), erased.String("logHash")));

        (await host.SendAsync("GET", erased.Header("Location")!, token: owner.Token)).Text.ShouldBe(erased.Text);
        (await host.EraseAsync(bob, owner.Token)).ShouldBe(HttpStatusCode.Accepted).Text.ShouldBe(erased.Text, "asked again, the same erasure");
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        var second = await host.EraseAsync(await host.NewUserAsync(owner, "carol", "viewer"), owner.Token);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/erasures", token: owner.Token)).Items.Select(e => e.GetProperty("id").GetString()).ShouldBe([second.String("id"), erased.String("id")]);
    }

    [Fact, Trait("Threat", "T44")]
    public async Task Erase_ByWhoMayNot_IsRefusedAndChangesNothing()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "editor");
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/roles", new { name = "desk", permissions = new[] { "manage-users" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var desk = await host.NewUserAsync(owner, "desk", "desk");
        var stranger = await host.NewTenantAsync();
        var strangersErasure = (await host.EraseAsync(await host.NewUserAsync(stranger, "gone", "viewer"), stranger.Token)).ShouldBe(HttpStatusCode.Accepted);

        (await host.EraseAsync(bob, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.EraseAsync(bob, bob.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.EraseAsync(bob, desk.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.EraseAsync(bob, token: null)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.EraseAsync(bob, (await host.NewKeyAsync(owner, "read", "audit")).Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
        var absent = (await host.EraseAsync(stranger with { Id = "usr_" + new string('0', 32) }, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable;
        (await host.EraseAsync(stranger with { Id = bob.Id }, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable.ShouldBe(absent);

        // The log of the platform's own tenant names users of others, whom an operator has made.
        (await host.EraseAsync(bob with { Slug = "platform", Id = owner.Id }, await host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable.ShouldBe(absent);

        // One that is erased is as absent to others as one that never was; so are certificates.
        (await host.EraseAsync(owner with { Id = strangersErasure.String("user")! }, owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable.ShouldBe(absent);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/erasures/{strangersErasure.String("id")}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable.ShouldBe(absent);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/erasures/era_{new string('0', 32)}", token: viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/erasures", token: viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");

        host.Time.Advance(TimeSpan.FromMinutes(16));
        (await host.EraseAsync(bob, owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        var fresh = (await host.SignInAsync(owner)).Token;
        (await host.SendAsync("DELETE", PrivacyCalls.PathOf(desk), token: fresh)).ShouldBe(HttpStatusCode.NoContent);
        (await host.EraseAsync(owner, fresh)).ShouldBeProblem(HttpStatusCode.Conflict, "last_manager");
        (await host.SendAsync("GET", PrivacyCalls.PathOf(bob), token: fresh)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?action=user.erased", token: fresh)).Items.ShouldBeEmpty();
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/erasures", token: fresh)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Erase_WithASecondFactor_NeedsAProofOfIt()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var enrolled = await host.EnrolAsync(owner);
        var proven = await host.SignInWithCodeAsync(enrolled);
        host.Time.Advance(TimeSpan.FromMinutes(16));

        (await host.EraseAsync(bob, proven.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        (await host.EraseAsync(bob, (await host.SignInWithCodeAsync(enrolled)).Token)).ShouldBe(HttpStatusCode.Accepted);
    }

    /// <summary>Somebody else stays who can manage users: then one may go by oneself.</summary>
    [Fact]
    public async Task Erase_Oneself_WhileAnotherManagerStays_Works()
    {
        var owner = await host.NewTenantAsync();
        var second = await host.NewUserAsync(owner, "second", "owner");

        (await host.EraseAsync(second, second.Token)).ShouldBe(HttpStatusCode.Accepted).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);

        (await host.PeekAsync(second.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/verify", token: owner.Token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    /// <summary>Deletion leaves the name in the log; erasure afterwards takes it.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task Erase_OneThatWasDeletedBefore_Works()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob-canary", "viewer");
        (await host.SendAsync("DELETE", PrivacyCalls.PathOf(bob), token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        var path = $"/v1/tenants/{owner.Slug}/audit-events?target={bob.Id}";
        (await host.SendAsync("GET", path, token: owner.Token)).Text.ShouldContain("bob-canary");
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        (await host.EraseAsync(bob, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");

        (await host.EraseAsync(bob, owner.Token)).ShouldBe(HttpStatusCode.Accepted).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);

        (await host.SendAsync("GET", path, token: owner.Token)).Text.ShouldNotContain("bob-canary");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/verify", token: owner.Token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    /// <summary>Sign-ins, failures and changes all the time: once it is answered nothing can be read, or comes to be written, under the key that was.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task Erase_AgainstSignInsAndChanges_LeavesNothingUnderTheKey()
    {
        var owner = await host.NewTenantAsync();
        for (var round = 0; round < 5; round++)
        {
            var bob = await host.NewUserAsync(owner, $"bob{round}", "viewer");
            var known = await host.Service<DataKeys>().FindAsync([bob.Id], default);
            known[bob.Id].ShouldNotBeNull();
            using var stop = new CancellationTokenSource();
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var noise = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (i == 0) await host.SendAsync("PATCH", PrivacyCalls.PathOf(bob), new { email = $"{i}@example.com" }, owner.Token);
                    else await host.TrySignInAsync(bob.Slug, bob.Username, i == 1 ? "Wrong-Harbour-71" : bob.Password);
                    begun.TrySetResult();
                }
            })).ToArray();
            await begun.Task;

            (await host.EraseAsync(bob, owner.Token)).ShouldBe(HttpStatusCode.Accepted).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);
            var tenant = PrefixedId.Parse<TenantId>(owner.TenantId);
            var last = (await host.Service<AuditEventTable>().FindHeadAsync(tenant, default)).Sequence;
            (await host.Service<DataKeys>().FindAsync([bob.Id], default))[bob.Id].ShouldBeNull("not believed for a minute");
            await host.TrySignInAsync(bob.Slug, bob.Username, bob.Password);
            await stop.CancelAsync();
            await Task.WhenAll(noise);

            var rows = await host.Service<AuditEventTable>().ReadAsync(tenant, last, long.MaxValue, 10_000, default);
            rows.Where(row => row.Link.TargetId == bob.Id).ShouldAllBe(row => row.TargetSealed == null);
            rows.Where(row => row.Link.ActorId == bob.Id).ShouldAllBe(row => row.ActorSealed == null);
            (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/verify", token: owner.Token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
            (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?limit=200", token: owner.Token)).Text.ShouldNotContain(bob.Username);
        }
    }
}
