using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.KeyRotation;

/// <summary>Kill -9 of the command, of the platform, or of both at any moment of a rotation: it comes to its end, and nothing is lost.</summary>
public sealed class RotationCrashTests(ITestOutputHelper output) : RotationTest(output)
{
    private const int Rounds = 20;

    [Fact]
    [Trait("Fault", "F1"), Trait("Fault", "F21"), Trait("Threat", "T77")]
    public async Task Kill_AtAnyMomentOfARotation_FinishesItAndLosesNothing()
    {
        var random = new Random(115);
        var platform = await StartAsync();
        var estate = await SettleAsync(platform);
        var former = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 1; round <= Rounds; round++)
        {
            // 0: the command beside the platform; 1: the platform; 2: both; 3: the command with its own silo.
            var victim = round % 4;
            if (victim == 3) await platform.KillAsync();
            var after = TimeSpan.FromMilliseconds(random.Next(300, victim == 3 ? 5000 : 3500));
            var command = KillAsync(Folder, victim == 1 ? TimeSpan.FromSeconds(60) : after, Command, "--retire-now");
            if (victim is 1 or 2)
            {
                await Task.Delay(after, Time);
                await platform.KillAsync();
            }

            if (victim == 1) platform = await RestartBesideAsync(platform, command);
            await command;
            if (victim is 2 or 3) platform = await RestartAsync(platform);

            // Whether or not anything was announced before the kill: this goes on with what is under way, and begins otherwise.
            await RotateAsync("--retire-now");
            var status = (await RotateAsync("--status")).Output;
            status.ShouldContain("The last rotation of the master key is finished.", customMessage: $"round {round}, {after}");
            status.ShouldContain($"The current key is {IdOf(KeyPath)}.");
            former.Add(IdOf(KeyPath)).ShouldBeTrue("each rotation has a key of its own");
            Directory.GetFiles(Keys, "master-*.key").ShouldBeEmpty($"round {round}");
            await estate.ShouldWorkAsync(platform);
        }

        await estate.ShouldPassSecondFactorAsync(platform);
        (await platform.StopAsync()).ShouldBe(0);
        foreach (var retired in Directory.GetFiles(Keys, "retired-*.key")) File.Delete(retired);
        platform = await RestartAsync(platform);
        await estate.ShouldWorkAsync(platform);
        (await platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>A command that was so slow to start that it met no platform works with a silo of its own; the platform starts when that has ended.</summary>
    private async Task<PlatformProcess> RestartBesideAsync(PlatformProcess killed, Task command)
    {
        try
        {
            return await RestartAsync(killed);
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("Another process uses the data directory", StringComparison.Ordinal))
        {
            await command;
            return await RestartAsync(killed);
        }
    }
}
