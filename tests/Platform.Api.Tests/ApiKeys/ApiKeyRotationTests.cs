using System.Text;

namespace Platform.Api.Tests.ApiKeys;

public sealed class ApiKeyRotationTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Rotate_ShowsAnotherTextOfTheSameKeyOnce_AndTheOldOneGoesOnForADay()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var token = owner.Token;

        var rotated = (await RotateAsync(owner, key.Id, new { })).ShouldBe(HttpStatusCode.OK);

        var (text, end) = (rotated.String("key")!, rotated.Json.GetProperty("previousSecretExpiresAt").GetDateTimeOffset());
        text.ShouldMatch("^platform_sk_[0-9A-Za-z]{116}$");
        (rotated.String("id"), rotated.String("prefix"), end).ShouldBe((key.Id, text[..20], host.Time.GetUtcNow().AddDays(1)));
        rotated.Header("Cache-Control").ShouldBe("no-store");
        var listed = (await host.SendAsync("GET", Path(owner), token: token)).ShouldBe(HttpStatusCode.OK);
        listed.Text.ShouldNotContain(text[20..], Case.Sensitive);
        listed.Items.ShouldHaveSingleItem().GetProperty("previousSecretExpiresAt").GetDateTimeOffset().ShouldBe(end);
        foreach (var secret in new[] { key.Text, text })
        {
            (await host.IntrospectAsync(secret, token)).ShouldBe(HttpStatusCode.OK);
            (await AsClientAsync(key.Id, secret, token)).ShouldBe(HttpStatusCode.OK);
        }

        host.Time.Advance(end - host.Time.GetUtcNow() - TimeSpan.FromTicks(1));
        (await host.IntrospectAsync(key.Text, token)).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromTicks(1));
        (await host.IntrospectAsync(key.Text, token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await AsClientAsync(key.Id, key.Text, token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await host.IntrospectAsync(text, token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Rotate_TwiceOrWithoutOverlap_EndsTheOldestAtOnce()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");

        var second = (await RotateAsync(owner, key.Id, new { overlap = "P7D" })).String("key")!;
        var third = (await RotateAsync(owner, key.Id, new { overlap = "PT1H" })).String("key")!;
        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        foreach (var text in new[] { second, third }) (await host.IntrospectAsync(text, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var fourth = (await RotateAsync(owner, key.Id, new { overlap = "PT0S" })).String("key")!;

        foreach (var text in new[] { key.Text, second, third }) (await host.IntrospectAsync(text, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await host.IntrospectAsync(fourth, owner.Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Rotate_UnderLoad_NoCallWithTheOldSecretThatBeginsAfterwardsIsAccepted()
    {
        var owner = await host.NewTenantAsync();
        for (var round = 0; round < 10; round++)
        {
            var key = await host.NewKeyAsync(owner, "introspect");
            var (rotated, late) = (false, 0);
            var callers = Enumerable.Range(0, 8).Select(async _ =>
            {
                for (var i = 0; i < 25; i++)
                {
                    var begunAfter = Volatile.Read(ref rotated);
                    if ((await host.IntrospectAsync(key.Text, owner.Token)).Status != HttpStatusCode.Unauthorized && begunAfter) Interlocked.Increment(ref late);
                }
            }).ToArray();
            (await RotateAsync(owner, key.Id, new { overlap = "PT0S" })).ShouldBe(HttpStatusCode.OK);
            Volatile.Write(ref rotated, true);
            await Task.WhenAll(callers);
            late.ShouldBe(0);
        }
    }

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T46")]
    public async Task Rotate_ByWhoMayNotHaveTheSecret_IsRefusedAndTheKeyIsAsBefore()
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var clerk = await host.NewUserAsync(owner, "clerk", "viewer");
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{clerk.Id}/permissions", new { permissions = new[] { "manage-users" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var gone = await host.NewUserAsync(owner, "gone", "owner");
        (await host.SendAsync("POST", "/v1/sign-out", token: gone.Token)).ShouldBe(HttpStatusCode.NoContent);
        var (key, other) = (await host.NewKeyAsync(owner, "read"), await host.NewKeyAsync(stranger, "read"));

        (await RotateAsync(clerk, key.Id, new { })).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await RotateAsync(gone, key.Id, new { })).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("POST", Path(owner, key.Id), new { }, key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
        var foreign = (await RotateAsync(stranger, key.Id, new { })).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await RotateAsync(stranger, $"key_{Guid.CreateVersion7(host.Time.GetUtcNow()):n}", new { })).Comparable.ShouldBe(foreign.Comparable);
        (await RotateAsync(owner, other.Id, new { })).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: key.Text)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", Path(owner), token: owner.Token)).Items.ShouldHaveSingleItem().GetProperty("previousSecretExpiresAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory, Trait("Threat", "T90")]
    [InlineData("-PT1S", "out_of_range")]
    [InlineData("P7DT1S", "out_of_range")]
    [InlineData("P1M", "wrong_type")]
    [InlineData("24:00:00", "wrong_type")]
    [InlineData(86_400, "wrong_type")]
    public async Task Rotate_FaultyOverlap_NamesItAndChangesNothing(object overlap, string code)
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");

        (await RotateAsync(owner, key.Id, new { overlap })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/overlap", code)]);

        (await host.SendAsync("GET", Path(owner), token: owner.Token)).Items.ShouldHaveSingleItem().GetProperty("previousSecretExpiresAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Rotate_KeyThatHasExpired_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        var made = await host.SendAsync("POST", Path(owner), new { name = "x", scopes = new[] { "read" }, expiresAt = host.Time.GetUtcNow().AddMinutes(1) }, owner.Token);
        host.Time.Advance(TimeSpan.FromMinutes(1));

        (await RotateAsync(owner, made.String("id")!, new { })).ShouldBeProblem(HttpStatusCode.Conflict, "api_key_expired");
    }

    [Fact, Trait("Threat", "T50"), Trait("Threat", "T77")]
    public async Task Rotate_AgainWithTheSameIdempotencyKey_ShowsNoSecretAndRotatesOnce()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var (first, again) = (await RotateAsync(owner, key.Id, new { }, "once"), await RotateAsync(owner, key.Id, new { }, "once"));

        first.ShouldBe(HttpStatusCode.OK).String("key").ShouldNotBeNull();
        again.ShouldBe(HttpStatusCode.OK).Json.TryGetProperty("key", out _).ShouldBeFalse();
        (again.String("id"), again.String("previousSecretExpiresAt")).ShouldBe((key.Id, first.String("previousSecretExpiresAt")));
        foreach (var text in new[] { key.Text, first.String("key") }) (await host.IntrospectAsync(text, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await RotateAsync(owner, key.Id, new { overlap = "PT0S" }, "once")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency_mismatch");
    }

    /// <summary>What a manager was shown once is shown to nobody who has lost the right.</summary>
    [Fact, Trait("Threat", "T50")]
    public async Task Rotate_ReplayedAfterAllRightsWereTaken_ShowsNoSecret()
    {
        var owner = await host.NewTenantAsync();
        var manager = await host.NewUserAsync(owner, "mia", "owner");
        var key = await host.NewKeyAsync(owner, "introspect");
        (await RotateAsync(manager, key.Id, new { }, "once")).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{manager.Id}/permissions", new { permissions = Array.Empty<string>() }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await RotateAsync(manager, key.Id, new { }, "once")).Text.ShouldNotContain("\"key\"", Case.Sensitive);
        (await RotateAsync(manager, key.Id, new { }, "twice")).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    private static string Path(TestUser user) => $"/v1/tenants/{user.Slug}/api-keys";

    private static string Path(TestUser user, string id) => $"{Path(user)}/{id}/rotate";

    private Task<Answer> RotateAsync(TestUser user, string id, object body, string? idempotencyKey = null) =>
        host.SendAsync("POST", Path(user, id), body, user.Token, headers: idempotencyKey is null ? [] : [("Idempotency-Key", idempotencyKey)]);

    private Task<Answer> AsClientAsync(string id, string secret, string token) => host.SendAsync(
        "POST", "/v1/introspect", ApiKeyCalls.Form($"token={Uri.EscapeDataString(token)}"), headers: ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"))));
}
