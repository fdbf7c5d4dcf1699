using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Faults;

/// <summary>Kill -9 while many act: whatever was acknowledged stands in the access log, and nothing was done that does not (row LOGS).</summary>
public sealed class LogCrashTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const int Rounds = 6;
    private const int Clients = 16;

    private readonly ConcurrentDictionary<string, string> _acknowledged = new(StringComparer.Ordinal);
    private string _token = "";
    private int _names;

    [Fact]
    [Trait("Fault", "F1"), Trait("Threat", "T74")]
    public async Task Kill_UnderActions_LosesNoAcknowledgedEventAndLeavesNoHole()
    {
        var random = new Random(22);
        var platform = await StartAsync();
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var lost = new List<string>();
        for (var round = 1; round <= Rounds; round++)
        {
            _token = (await platform.SignInAsync("acme", "owner")).Token;
            await KilledLoad.RunAsync(platform, random, random.Next(20, 120), [.. Enumerable.Repeat<Func<Random, Task<bool>>>(_ => CreateAsync(platform), Clients)]);
            platform = await RestartAsync(platform);
            lost.AddRange(await CheckAsync(platform));
        }

        Output.WriteLine($"{Rounds} kills under {Clients} clients, {_acknowledged.Count} acknowledged actions");
        lost.ShouldBeEmpty();
        _acknowledged.Count.ShouldBeGreaterThan(Rounds * 20, "there was a load");
    }

    private async Task<bool> CreateAsync(PlatformProcess platform)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"scenario {Interlocked.Increment(ref _names)}");
        var answer = await platform.SendAsync("POST", "/v1/tenants/acme/scenarios", new { name, kind = "scenario", content = new { } }, _token);
        _acknowledged[answer.ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetString()!] = name;
        return true;
    }

    /// <returns>What is wrong.</returns>
    private async Task<IReadOnlyList<string>> CheckAsync(PlatformProcess platform)
    {
        var token = (await platform.SignInAsync("acme", "owner")).Token;
        var logged = new HashSet<string>(StringComparer.Ordinal);
        var sequences = new List<long>();
        await foreach (var entry in platform.ListAsync("/v1/tenants/acme/audit-events", token))
        {
            sequences.Add(entry.GetProperty("sequence").GetInt64());
            if (entry.GetProperty("action").GetString() == "scenario.created") logged.Add(entry.GetProperty("target").GetProperty("id").GetString()!);
        }

        sequences.Order().ShouldBe(Enumerable.Range(1, sequences.Count).Select(number => (long)number), "a sequence without holes");
        var verified = (await platform.SendAsync("GET", "/v1/tenants/acme/audit-events/verify", token: token)).ShouldBe(HttpStatusCode.OK).Json;
        verified.GetProperty("valid").GetBoolean().ShouldBeTrue(verified.GetRawText());

        var wrong = _acknowledged.Keys.Where(id => !logged.Contains(id)).Select(id => $"{id} was acknowledged and is not in the log").ToList();
        await foreach (var scenario in platform.ListAsync("/v1/tenants/acme/scenarios", token))
        {
            var id = scenario.GetProperty("id").GetString()!;
            if (!logged.Contains(id)) wrong.Add($"{id} exists and is not in the log");
        }

        return wrong;
    }
}
