using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Platform.Api.Tests.Snippets;
using Platform.Api.Tests.Support;

namespace Platform.Api.Tests.Deletion;

public sealed class TenantDeletionTests : IAsyncLifetime
{
    private readonly PlatformHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Delete_ThenWait_WorksAsBeforeAndTellsWhoManages()
    {
        var owner = await _host.NewTenantAsync();
        var viewer = await _host.NewUserAsync(owner, "viewer", "viewer");
        var expected = _host.Time.GetUtcNow().AddDays(30);

        var answer = (await _host.DeleteTenantAsync(owner.Slug)).ShouldBe(HttpStatusCode.Accepted);

        answer.Header("Location").ShouldBe($"/v1/operator/tenant-deletions/{owner.TenantId}");
        answer.Json.GetProperty("deletesAt").GetDateTimeOffset().ShouldBe(expected);
        answer.String("status").ShouldBe("active");
        _host.Time.Advance(TimeSpan.FromMinutes(2));
        (await _host.DeleteTenantAsync(owner.TenantId)).ShouldBe(HttpStatusCode.Accepted).Text.ShouldBe(answer.Text, "asked again, the same deletion");
        (await _host.ReadTenantAsync(owner.Slug)).Json.GetProperty("deletesAt").GetDateTimeOffset().ShouldBe(expected);
        (await _host.SendAsync("GET", $"/v1/operator/tenants?search={owner.Slug}", token: await _host.OperatorTokenAsync())).Items.ShouldHaveSingleItem().GetProperty("deletesAt").GetDateTimeOffset().ShouldBe(expected);
        var deletion = (await _host.ReadDeletionAsync(owner.TenantId)).ShouldBe(HttpStatusCode.OK).Json;
        deletion.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        deletion.GetProperty("deletesAt").GetDateTimeOffset().ShouldBe(expected);
        (await _host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token)).Json.GetProperty("deletesAt").GetDateTimeOffset().ShouldBe(expected);
        (await _host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: viewer.Token)).Json.GetProperty("deletesAt").ValueKind.ShouldBe(JsonValueKind.Null, "for managers only");

        var mail = (await _host.DeletionMailsAsync(owner.Slug, "tenant_deletion_requested", 1)).ShouldHaveSingleItem();
        mail.To.ShouldBe("owner@example.com");
        mail.Text.ShouldContain(expected.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        var told = (await _host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?action=tenant.deletion_requested", token: owner.Token)).Items.ShouldHaveSingleItem();
        told.GetProperty("actor").GetProperty("type").GetString().ShouldBe("operator");
        (await _host.SendAsync("GET", $"/v1/tenants/platform/audit-events?action=tenant.deletion_requested&target={owner.TenantId}", token: await _host.OperatorTokenAsync())).Items.ShouldHaveSingleItem();

        await _host.RestartAsync();
        await _host.PassAsync(29);
        var again = await _host.SignInAsync(owner);
        (await _host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/scenarios", new { name = "Late", kind = "scenario", content = 1 }, again.Token)).ShouldBe(HttpStatusCode.Created);
        (await _host.DeletionMailsAsync(owner.Slug, "tenant_deletion_reminder", 1)).ShouldHaveSingleItem().Data["deletesAt"].ShouldBe(mail.Data["deletesAt"]);
        (await _host.ReadTenantAsync(owner.Slug)).String("status").ShouldBe("active");
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Delete_TimeOver_NothingOfTheTenantIsAccepted_AndTheCertificateHolds()
    {
        var page = await _host.NewPageAsync();
        var owner = page.Owner;
        var key = await _host.NewKeyAsync(owner, "introspect", "users");
        var script = new Uri((await _host.SnippetAsync(owner)).String("scriptUrl")!).PathAndQuery;
        (await _host.SendAsync("GET", script)).ShouldBe(HttpStatusCode.OK);
        var operators = await _host.NewOperatorAsync();
        (await _host.DeleteTenantAsync(owner.Slug)).ShouldBe(HttpStatusCode.Accepted);
        await _host.PassAsync(29);
        var session = await _host.SignInAsync(owner);
        var requestedBy = (await _host.ReadDeletionAsync(owner.TenantId)).String("requestedBy")!;
        (await _host.IntrospectAsync(key.Text, session.Token)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
        var pageCookie = await _host.SignInFromPageAsync(page);
        (await _host.FromPageAsync(page, "GET", "/session", cookie: pageCookie)).ShouldBe(HttpStatusCode.OK);
        await _host.PassAsync(2);

        (await _host.PeekAsync(session.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await _host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await _host.IntrospectAsync(key.Text, session.Token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.FromPageAsync(page, "GET", "/session", cookie: pageCookie)).ShouldBeProblem(HttpStatusCode.Forbidden, "origin_not_allowed");
        (await _host.SendAsync("GET", $"/s/{page.Snippet}.js")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await _host.ReadTenantAsync(owner.Slug)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await _host.ReadTenantAsync(owner.TenantId)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await _host.DeleteTenantAsync(owner.TenantId)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await _host.ChangeTenantAsync(owner.TenantId, new { deletesAt = (string?)null })).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await _host.SendAsync("GET", $"/v1/operator/tenants?search={owner.Slug}", token: await _host.OperatorTokenAsync())).Items.ShouldBeEmpty();
        operators = operators with { Token = (await _host.OperatorTokenAsync()) };
        (await _host.TryAskAsync(operators, owner)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _host.SendAsync(
            "POST", "/v1/operator/tenants", new { slug = owner.Slug, name = "Heir", edition = "standard", admin = new { username = "owner", email = "o@example.com", password = ApiCalls.Password } }, await _host.OperatorTokenAsync()))
            .ShouldBeProblem(HttpStatusCode.Conflict, "slug_taken");

        // As docs/operations/tenant-deletion.md tells: domain line, canonical JSON, ECDSA on P-256, the keys of any log of the platform.
        var certificate = (await _host.ReadDeletionAsync(owner.TenantId)).ShouldBe(HttpStatusCode.OK);
        var json = certificate.Json;
        string Time(string member) => json.GetProperty(member).GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var counts = string.Join(',', json.GetProperty("counts").EnumerateObject().OrderBy(count => count.Name, StringComparer.Ordinal).Select(count => $"\"{count.Name}\":{count.Value}"));
        var content =
            $"platform-tenant-deletion-v1\n{{\"completedAt\":\"{Time("completedAt")}\",\"counts\":{{{counts}}},\"dataKeysDestroyed\":true,\"logHash\":\"{certificate.String("logHash")}\","
            + $"\"logSequence\":{json.GetProperty("logSequence").GetInt64()},\"requestedAt\":\"{Time("requestedAt")}\",\"requestedBy\":\"{requestedBy}\",\"tenant\":\"{owner.TenantId}\"}}";
        var keys = (await _host.SendAsync("GET", "/v1/tenants/platform/audit-events/checkpoints", token: await _host.OperatorTokenAsync())).Json.GetProperty("keys").EnumerateArray();
        using var signer = ECDsa.Create();
        signer.ImportFromPem(keys.Single(k => k.GetProperty("keyId").GetString() == certificate.String("keyId")).GetProperty("publicKey").GetString());
        var signature = Convert.FromHexString(certificate.String("signature")!);
        signer.VerifyData(Encoding.UTF8.GetBytes(content), signature, HashAlgorithmName.SHA256).ShouldBeTrue(content);
        signer.VerifyData(Encoding.UTF8.GetBytes(content.Replace("\"users\":1", "\"users\":2", StringComparison.Ordinal)), signature, HashAlgorithmName.SHA256).ShouldBeFalse();
        json.GetProperty("counts").GetProperty("api_keys").GetInt64().ShouldBe(1);
        json.GetProperty("counts").GetProperty("snippets").GetInt64().ShouldBe(1);
        (await _host.SendAsync("GET", "/v1/operator/tenant-deletions", token: await _host.OperatorTokenAsync())).Items.ShouldContain(item => item.GetProperty("tenant").GetString() == owner.TenantId);
        (await _host.SendAsync("GET", $"/v1/tenants/platform/audit-events?action=tenant.deleted&target={owner.TenantId}", token: await _host.OperatorTokenAsync())).Items.ShouldHaveSingleItem();

        await _host.RestartAsync();
        await _host.WorkAsync();
        (await _host.ReadDeletionAsync(owner.TenantId)).Text.ShouldBe(certificate.Text);
        (await _host.SendAsync("GET", script)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await _host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");

        // The domain is free: nobody has proven it.
        var other = await _host.NewPageAsync();
        (await _host.FromPageAsync(other, "GET", "/session")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Patch_DeletesAtNull_TakesItBackAndTells()
    {
        var owner = await _host.NewTenantAsync();
        (await _host.DeleteTenantAsync(owner.Slug)).ShouldBe(HttpStatusCode.Accepted);
        await _host.PassAsync(28);
        foreach (var value in new object[] { "2030-01-01T00:00:00Z", false, 7, "" })
        {
            var refused = (await _host.ChangeTenantAsync(owner.Slug, new { deletesAt = value })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
            refused.Errors.ShouldBe([("/deletesAt", "not_settable")]);
        }

        (await _host.ChangeTenantAsync(owner.Slug, new { status = "deleting" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/status", "not_settable")]);
        (await _host.ChangeTenantAsync(owner.Slug, new { name = "Renamed" })).ShouldBe(HttpStatusCode.OK).Json.GetProperty("deletesAt").ValueKind.ShouldBe(JsonValueKind.String, "an absent member changes nothing");

        (await _host.ChangeTenantAsync(owner.Slug, new { deletesAt = (string?)null })).ShouldBe(HttpStatusCode.OK).Json.GetProperty("deletesAt").ValueKind.ShouldBe(JsonValueKind.Null);

        (await _host.ReadDeletionAsync(owner.TenantId)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await _host.DeletionMailsAsync(owner.Slug, "tenant_deletion_withdrawn", 1)).ShouldHaveSingleItem();
        await _host.PassAsync(40);
        var session = await _host.SignInAsync(owner);
        (await _host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?action=tenant.deletion_withdrawn", token: session.Token)).Items.ShouldHaveSingleItem();
        (await _host.ChangeTenantAsync(owner.Slug, new { deletesAt = (string?)null })).ShouldBe(HttpStatusCode.OK);

        var again = (await _host.DeleteTenantAsync(owner.Slug)).ShouldBe(HttpStatusCode.Accepted);
        again.Json.GetProperty("deletesAt").GetDateTimeOffset().ShouldBe(_host.Time.GetUtcNow().AddDays(30), "a new one, with its own time");
    }

    [Fact, Trait("Threat", "T44")]
    public async Task Delete_ByWhoMayNot_IsRefusedAndChangesNothing()
    {
        var owner = await _host.NewTenantAsync();
        var other = await _host.NewTenantAsync();
        var key = await _host.NewKeyAsync(owner, "users");
        var path = $"/v1/operator/tenants/{owner.Slug}";
        foreach (var token in new[] { owner.Token, other.Token })
        {
            (await _host.SendAsync("DELETE", path, token: token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await _host.SendAsync("GET", "/v1/operator/tenant-deletions", token: token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await _host.SendAsync("GET", $"/v1/operator/tenant-deletions/{owner.TenantId}", token: token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }

        (await _host.SendAsync("DELETE", path, token: key.Text)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.SendAsync("DELETE", path)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await _host.SendAsync("DELETE", "/v1/operator/tenants/no-such-tenant", token: await _host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await _host.DeleteTenantAsync("platform")).ShouldBeProblem(HttpStatusCode.Conflict, "tenant_not_deletable");
        (await _host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { deletesAt = (string?)null }, owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await _host.ReadTenantAsync(owner.Slug)).Json.GetProperty("deletesAt").ValueKind.ShouldBe(JsonValueKind.Null);
        (await _host.ReadDeletionAsync(owner.TenantId)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Delete_OfASuspendedTenant_Works()
    {
        var owner = await _host.NewTenantAsync();
        (await _host.ChangeTenantAsync(owner.Slug, new { status = "suspended" })).ShouldBe(HttpStatusCode.OK);

        (await _host.DeletedAsync(owner.TenantId)).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);
    }
}

public sealed class TenantDeletionWithoutDelayTests
{
    [Fact]
    public async Task Delete_WithoutDelay_IsDoneAtOnce()
    {
        await using var host = await new PlatformHost("--Platform:Tenants:DeletionDelay=00:00:00").StartedAsync();
        var owner = await host.NewTenantAsync();

        (await host.DeleteTenantAsync(owner.Slug)).ShouldBe(HttpStatusCode.Accepted);

        (await host.PeekAsync(owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.ReadDeletionAsync(owner.TenantId)).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);
    }
}
