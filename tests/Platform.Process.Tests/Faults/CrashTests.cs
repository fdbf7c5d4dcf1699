using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Faults;

/// <summary>Kill -9 under load, again and again: what was acknowledged holds (docs/architecture.md, "Durability").</summary>
public sealed class CrashTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const int Rounds = 20;
    private const int SignersIn = 2;
    private const int SignersOut = 2;

    /// <summary>Repeats a run: the same tenant names, moments and choices, as far as threads allow.</summary>
    private const string SeedVariable = "PLATFORM_TEST_SEED";

    private static readonly string[] Users = ["owner", "bob", "carol", "dave"];

    private readonly Ledger _ledger = new();
    private readonly List<string> _violations = [];

    [Fact]
    [Trait("Fault", "F1"), Trait("Fault", "F6"), Trait("Threat", "T31")]
    public async Task Kill_UnderSignInsAndSignOuts_LosesNoSessionAndForgetsNoSignOut()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : RandomNumberGenerator.GetInt32(int.MaxValue);
        Output.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
        var platform = await StartAsync(("Platform__Sessions__MaxSessionsPerUser", "1000"), ("Platform__Passwords__Threads", "2"));
        await CreateUsersAsync(platform);
        var checks = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            await LoadUntilKilledAsync(platform, random);
            platform = await RestartAsync(platform);
            checks += await CheckAsync(platform, round);
        }

        var resolved = _ledger.Resolved;
        Output.WriteLine(
            $"{Rounds} kills, {_ledger.SignIns} acknowledged sign-ins, {_ledger.SignOuts} acknowledged sign-outs, {resolved.Live + resolved.Ended} sign-outs without an answer "
            + $"({resolved.Ended} had happened), {checks} checks, {_violations.Count} violations");
        _violations.ShouldBeEmpty($"{SeedVariable}={seed}");
        _ledger.SignIns.ShouldBeGreaterThan(Rounds, "there was a load");
        _ledger.SignOuts.ShouldBeGreaterThan(Rounds / 2, "there was a load");
    }

    private static async Task CreateUsersAsync(PlatformProcess platform)
    {
        var operatorSession = await platform.SignInAsync();
        await platform.CreateTenantAsync(operatorSession.Token, "acme");
        var owner = await platform.SignInAsync("acme", "owner");
        foreach (var user in Users.Skip(1)) (await platform.CreateUserAsync(owner.Token, "acme", user)).ShouldBe(HttpStatusCode.Created);
    }

    private Task LoadUntilKilledAsync(PlatformProcess platform, Random random) => KilledLoad.RunAsync(
        platform,
        random,
        random.Next(2, 12),
        [
            .. Enumerable.Repeat<Func<Random, Task<bool>>>(choice => SignInAsync(platform, choice), SignersIn),
            .. Enumerable.Repeat<Func<Random, Task<bool>>>(choice => SignOutAsync(platform, choice), SignersOut),
        ]);

    private async Task<bool> SignInAsync(PlatformProcess platform, Random random)
    {
        var answer = await platform.TrySignInAsync("acme", Users[random.Next(Users.Length)], ApiCalls.Password);
        _ledger.SignedIn(SignedIn.Of(answer).Token);
        return true;
    }

    /// <summary>Half of the calls look at sessions, so that there is always something to sign out.</summary>
    private async Task<bool> SignOutAsync(PlatformProcess platform, Random random)
    {
        var tokens = _ledger.Tokens;
        if (tokens.Count > 0 && random.Next(4) > 0)
        {
            await platform.TouchAsync(tokens.ElementAt(random.Next(tokens.Count)));
            return false;
        }

        if (_ledger.TakeLive(random) is not { } token) return false;
        (await platform.SignOutAsync(token)).ShouldBe(HttpStatusCode.NoContent);
        _ledger.SignedOut(token);
        return true;
    }

    private async Task<int> CheckAsync(PlatformProcess platform, int round)
    {
        var tokens = _ledger.Tokens;
        foreach (var token in tokens)
        {
            var answer = await platform.ValidateAsync(token);
            if (!answer.IsLive) answer.IsRefused.ShouldBeTrue(answer.Text);
            if (_ledger.Judge(token, answer.IsLive) is { } violation) _violations.Add($"round {round}: {violation}");
        }

        return tokens.Count;
    }
}
