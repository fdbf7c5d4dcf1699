using System.Security.Cryptography;
using System.Text;
using Platform.Security;
using Platform.Storage;

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

    private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
