using System.Security.Cryptography;
using System.Text;
using Platform.Security;
using Platform.Storage;
using Platform.Tenants;

namespace Platform.Api.Tests.Idempotency;

/// <summary>What is kept of a call with <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyTests
{
    [Fact, Trait("Threat", "T77"), Trait("Threat", "T50")]
    public async Task Kept_OfACallWithAPassword_IsAKeyedHash()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var path = $"/v1/tenants/{owner.Slug}/users";
        var body = JsonSerializer.Serialize(new { username = "ann", email = "ann@example.com", password = ApiCalls.Password, role = "viewer" });
        var made = (await CreateAsync()).ShouldBe(HttpStatusCode.Created);
        (await CreateAsync()).Text.ShouldBe(made.Text, "the same answer again");
        await host.DisposeStartedAsync();

        var database = await TestDatabases.DumpAsync(host.Folder);
        var request = Encoding.UTF8.GetBytes($"POST {path}\n{body}");
        using var master = MasterKey.Open(Path.Combine(host.Folder, "keys", "master.key"));
        database.ShouldContain(Latin1(HMACSHA256.HashData(master.Derive("idempotent-request"), request)), Case.Sensitive, "the search finds what is there");
        database.Contains(Latin1(SHA256.HashData(request)), StringComparison.Ordinal).ShouldBeFalse("a plain hash would be a fast way to try passwords");
        database.Contains("key-for-ann", StringComparison.OrdinalIgnoreCase).ShouldBeFalse();

        Task<Answer> CreateAsync() => host.SendAsync("POST", path, body, owner.Token, null, ("Idempotency-Key", "key-for-ann@example.com"));
    }

    [Fact, Trait("Threat", "T50")]
    public async Task Kept_OfALargeAnswer_IsNothingAndTheCallAgainMakesNoSecondOne()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var path = $"/v1/tenants/{owner.Slug}/scenarios";
        var body = JsonSerializer.Serialize(new { name = "large", kind = "scenario", content = new { text = new string('x', 100_000) } });
        var made = (await CreateAsync(body)).ShouldBe(HttpStatusCode.Created);
        (await CreateAsync(body)).ShouldBe(HttpStatusCode.Created).Text.ShouldBe(made.Text, "the same answer again");
        (await CreateAsync(body.Replace("large", "other", StringComparison.Ordinal))).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency_mismatch");
        (await host.SendAsync("GET", path, token: owner.Token)).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        var kept = await host.Service<IDatabase>().ReadAsync(
            new Operation("query", "idempotency_keys"), new Statement("SELECT COUNT(*) FROM idempotency_keys WHERE body IS NOT NULL"), row => row.GetInt64(0), default);
        kept.ShouldBe([0]);

        Task<Answer> CreateAsync(string sent) => host.SendAsync("POST", path, sent, owner.Token, null, ("Idempotency-Key", "key-of-a-large-one"));
    }

    /// <summary>Whoever has lost the right gets no kept answer, which tells what was made (finding C8).</summary>
    [Theory, Trait("Threat", "T50"), Trait("Threat", "T40")]
    [InlineData("users", """{"username":"ann","email":"ann@example.com","password":"Quiet-Harbour-71","role":"viewer"}""")]
    [InlineData("roles", """{"name":"analyst","permissions":["read"]}""")]
    [InlineData("api-keys", """{"name":"reports","scopes":["read"]}""")]
    [InlineData("scenarios", """{"name":"spring","kind":"scenario","content":{}}""")]
    [InlineData("snippets", """{"name":"shop"}""")]
    public async Task Again_WithoutTheRightsByNow_IsForbidden(string calls, string body)
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", new { username = "deputy", email = "d@example.com", password = ApiCalls.Password, mustChangePassword = false, role = "owner" }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var deputy = await host.SignInAsync(owner.Slug, "deputy");
        (await CreateAsync()).ShouldBe(HttpStatusCode.Created);
        (await CreateAsync()).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{deputy.Session.GetProperty("userId").GetString()}/permissions", new { permissions = new[] { "read" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (await CreateAsync()).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");

        Task<Answer> CreateAsync() => host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/{calls}", body, deputy.Token, null, ("Idempotency-Key", "once"));
    }

    [Fact, Trait("Threat", "T50"), Trait("Threat", "T40")]
    public async Task Again_ACommentWithoutTheGrantByNow_IsForbidden()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var scenario = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/scenarios", new { name = "spring", kind = "scenario", content = new { } }, owner.Token)).String("id");
        var path = $"/v1/tenants/{owner.Slug}/scenarios/{scenario}";
        (await host.SendAsync("PUT", $"{path}/grants/{viewer.Id}", new { permissions = new[] { "read", "collaborate" } }, owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        var made = (await CommentAsync()).ShouldBe(HttpStatusCode.Created);
        (await CommentAsync()).ShouldBe(HttpStatusCode.Created).Text.ShouldBe(made.Text);

        (await host.SendAsync("DELETE", $"{path}/grants/{viewer.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await CommentAsync()).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("PUT", $"{path}/grants/{viewer.Id}", new { permissions = Array.Empty<string>() }, owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await CommentAsync()).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        Task<Answer> CommentAsync() => host.SendAsync("POST", $"{path}/comments", new { text = "Looks good." }, viewer.Token, null, ("Idempotency-Key", "once"));
    }

    /// <summary>The same call again has the same headers (finding C10), also where its answer was too large to be kept.</summary>
    [Theory, InlineData(1), InlineData(100_000)]
    public async Task Again_OfAScenario_HasLocationAndEntityTag(int size)
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var body = new { name = "spring", kind = "scenario", content = new { text = new string('x', size) } };
        var (first, again) = (await CreateAsync(), await CreateAsync());

        again.ShouldBe(HttpStatusCode.Created).Text.ShouldBe(first.ShouldBe(HttpStatusCode.Created).Text);
        (again.Header("ETag"), again.Header("Location")).ShouldBe((first.Header("ETag"), first.Header("Location")));
        first.Header("ETag").ShouldBe("\"1\"");

        Task<Answer> CreateAsync() => host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/scenarios", body, owner.Token, null, ("Idempotency-Key", "once"));
    }

    /// <summary>As many as the edition keeps: what was answered stays answered, new keys wait, calls without one go on.</summary>
    [Fact, Trait("Threat", "T43"), Trait("Threat", "T50")]
    public async Task Create_WithMoreKeysThanTheEditionKeeps_IsRefusedAndMakesNothing()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync("trial");
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var made = (await CreateAsync("first", owner)).ShouldBe(HttpStatusCode.Created);
        var quota = TenantQuotas.Of(TenantObject.IdempotencyKey, TenantEdition.Trial);
        await host.Service<IDatabase>().FillAsync(PrefixedId.Parse<TenantId>(owner.TenantId), quota - 2, host.Time.GetUtcNow() + TimeSpan.FromMinutes(90));
        await host.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        (await CreateAsync("last", owner)).ShouldBe(HttpStatusCode.Created);

        var refused = (await CreateAsync("beyond", owner)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_idempotency_keys");
        refused.Header("Retry-After").ShouldBe("5400");
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/api-keys", new { name = "k", scopes = new[] { "read" } }, owner.Token, null, ("Idempotency-Key", "beyond"))).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_idempotency_keys");
        (await CreateAsync("first", owner)).ShouldBe(HttpStatusCode.Created).Text.ShouldBe(made.Text, "the kept answer");
        (await CreateAsync("beyond", viewer)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await CreateAsync("beyond", await host.NewTenantAsync("trial"))).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/scenarios", Body("without"), owner.Token)).ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/scenarios", token: owner.Token)).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()).Order(StringComparer.Ordinal)
            .ShouldBe(["first", "last", "without"]);

        Task<Answer> CreateAsync(string name, TestUser actor) => host.SendAsync("POST", $"/v1/tenants/{actor.Slug}/scenarios", Body(name), actor.Token, null, ("Idempotency-Key", name));
        object Body(string name) => new { name, kind = "scenario", content = new { } };
    }

    private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
