using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Faults;

/// <summary>No space for the database: what must be written is refused as an outage, what is in memory goes on, and all is well once there is space.</summary>
public sealed class DiskFullTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const int Megabytes = 4;

    [SqliteFact("The file whose growth is limited")]
    [Trait("Fault", "F11")]
    public async Task Disk_FileMayNotGrow_WritesAre503LiveSessionsGoOnAndItRecovers()
    {
        // The signal that would end the process is ignored, so that it gets the error of the write.
        var platform = await StartAsync(new PlatformStart(Folder) { Launcher = ["bash", "-c", "trap '' XFSZ; exec \"$@\"", "bash"] });

        var (kept, ended) = await BeFullAsync(
            platform,
            fill: () => LimitAsync($"{new FileInfo(Path.Combine(Folder.Path, "platform.db-wal")).Length}"),
            free: () => LimitAsync("unlimited"));

        await platform.KillAsync();
        platform = await RestartAsync(platform);
        (await platform.PeekAsync(kept.Token)).ShouldBe(HttpStatusCode.OK);
        (await platform.PeekAsync(ended.Token)).ShouldBe(HttpStatusCode.Unauthorized);

        async Task LimitAsync(string size) => Succeeded(await Bash.RunAsync("prlimit --pid \"$1\" --fsize=\"$2\":unlimited", $"{platform.Id}", size));
    }

    [MountFact]
    [Trait("Fault", "F11")]
    public async Task Disk_Full_WritesAre503LiveSessionsGoOnAndItRecovers()
    {
        Directory.CreateDirectory(Folder.Path);
        var platform = await StartAsync(new PlatformStart(Folder) { Launcher = MountFactAttribute.Launcher(Folder.Path, Megabytes) });
        // As the process sees it: nobody else sees its file system.
        var filler = $"/proc/{platform.Id}/root{Folder.Path}/filler";

        await BeFullAsync(
            platform,
            fill: async () => (await Bash.RunAsync("cat /dev/zero > \"$1\"", filler)).Errors.ShouldContain("No space left on device"),
            free: async () => Succeeded(await Bash.RunAsync("rm \"$1\"", filler)));
    }

    private async Task<(SignedIn Kept, SignedIn Ended)> BeFullAsync(PlatformProcess platform, Func<Task> fill, Func<Task> free)
    {
        var (kept, ended) = (await platform.SignInAsync(), await platform.SignInAsync());
        await fill();

        for (var i = 0; i < 3; i++)
        {
            ShouldBeOutage(await platform.TrySignInAsync("platform", "operator", platform.OperatorPassword));
            (await platform.PeekAsync(kept.Token)).ShouldBe(HttpStatusCode.OK);
            (await platform.ValidateAsync(kept.Token)).ShouldBe(HttpStatusCode.NoContent);
            (await platform.TouchAsync(kept.Token)).ShouldBe(HttpStatusCode.OK);
        }

        ShouldBeOutage(await platform.SignOutAsync(ended.Token));
        (await platform.PeekAsync(ended.Token)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable);
        ShouldBeOutage(await platform.CreateUserAsync(kept.Token, "platform", "second"));
        // A guess that cannot be counted is not answered.
        (await platform.TrySignInAsync("platform", "operator", "wrong")).Status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.ServiceUnavailable);
        (await platform.SendAsync("GET", "/livez")).ShouldBe(HttpStatusCode.OK);

        await free();

        await platform.SignInAsync();
        (await platform.SignOutAsync(ended.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await platform.PeekAsync(ended.Token)).IsRefused.ShouldBeTrue();
        (await platform.CreateUserAsync(kept.Token, "platform", "second")).ShouldBe(HttpStatusCode.Created);
        (await platform.TouchAsync(kept.Token)).ShouldBe(HttpStatusCode.OK);
        platform.Log.ShouldContain("Storage began to fail");
        platform.Log.ShouldContain("Storage works again");
        return (kept, ended);
    }

    private static void ShouldBeOutage(Answer answer)
    {
        answer.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Code.ShouldBe("unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        foreach (var leak in (string[])["SQL", "disk", "platform.db", "Exception"]) answer.Text.ShouldNotContain(leak, Case.Insensitive);
    }

    private static void Succeeded(BashResult result) => result.ExitCode.ShouldBe(0, result.ToString());
}
