using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Faults;

/// <summary>Kill -9 in the middle of erasures: each that was begun is brought to its end by itself, and the access log still verifies (row PRIVACY).</summary>
public sealed class ErasureCrashTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const int Rounds = 4;
    private const int Users = 12;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, string> _acknowledged = new(StringComparer.Ordinal);

    [Fact]
    [Trait("Fault", "F1"), Trait("Threat", "T52")]
    public async Task Kill_UnderErasures_FinishesEachThatWasBegun()
    {
        var random = new Random(52);
        var platform = await StartAsync(("Platform__RateLimits__Enabled", "false"));
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        for (var round = 1; round <= Rounds; round++)
        {
            var token = (await platform.SignInAsync("acme", "owner")).Token;
            var names = Enumerable.Range(0, Users).Select(i => string.Create(CultureInfo.InvariantCulture, $"canary{round}x{i}")).ToArray();
            var made = await Task.WhenAll(names.Select(async name =>
                (Name: name, Id: (await platform.CreateUserAsync(token, "acme", name)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetString()!)));
            await Task.WhenAll(names.Select(name => platform.SignInAsync("acme", name)));
            var waiting = new ConcurrentQueue<(string Name, string Id)>(made);
            await KilledLoad.RunAsync(platform, random, random.Next(1, Users / 2), [.. Enumerable.Repeat<Func<Random, Task<bool>>>(_ => EraseAsync(platform, token, waiting), 3)]);

            platform = await RestartAsync(platform);
            await CheckAsync(platform, made);
        }

        _acknowledged.Count.ShouldBeGreaterThan(Rounds, "there was a load");
    }

    private async Task<bool> EraseAsync(PlatformProcess platform, string token, ConcurrentQueue<(string Name, string Id)> waiting)
    {
        if (!waiting.TryDequeue(out var user)) return false;
        var answer = (await platform.SendAsync("POST", $"/v1/tenants/acme/users/{user.Id}/erase", token: token)).ShouldBe(HttpStatusCode.Accepted);
        _acknowledged[user.Id] = answer.Json.GetProperty("id").GetString()!;
        return true;
    }

    private async Task CheckAsync(PlatformProcess platform, IReadOnlyList<(string Name, string Id)> users)
    {
        var token = (await platform.SignInAsync("acme", "owner")).Token;
        var erasures = await CompletedAsync(platform, token);
        foreach (var (user, erasure) in _acknowledged) erasures[user].GetProperty("id").GetString().ShouldBe(erasure);

        var log = new List<string>();
        await foreach (var entry in platform.ListAsync("/v1/tenants/acme/audit-events", token)) log.Add(entry.GetRawText());
        foreach (var (name, id) in users)
        {
            var there = (await platform.SendAsync("GET", $"/v1/tenants/acme/users/{id}", token: token)).Status;
            there.ShouldBe(erasures.ContainsKey(id) ? HttpStatusCode.NotFound : HttpStatusCode.OK, name);
            log.Any(entry => entry.Contains($"\"{name}\"", StringComparison.Ordinal)).ShouldBe(!erasures.ContainsKey(id), name);
            if (erasures.ContainsKey(id)) log.ShouldContain(entry => entry.Contains("\"user.erased\"", StringComparison.Ordinal) && entry.Contains(id, StringComparison.Ordinal));
        }

        var verified = (await platform.SendAsync("GET", "/v1/tenants/acme/audit-events/verify", token: token)).ShouldBe(HttpStatusCode.OK).Json;
        verified.GetProperty("valid").GetBoolean().ShouldBeTrue(verified.GetRawText());
        Output.WriteLine($"{_acknowledged.Count} acknowledged, {erasures.Count} erased");
    }

    /// <returns>By user, when none is under way any more.</returns>
    private static async Task<Dictionary<string, JsonElement>> CompletedAsync(PlatformProcess platform, string token)
    {
        var started = Time.GetTimestamp();
        while (true)
        {
            var all = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            await foreach (var erasure in platform.ListAsync("/v1/tenants/acme/erasures", token)) all.Add(erasure.GetProperty("user").GetString()!, erasure);
            if (all.Values.All(erasure => erasure.GetProperty("completedAt").ValueKind == JsonValueKind.String)) return all;
            Time.GetElapsedTime(started).ShouldBeLessThan(Timeout);
        }
    }
}
