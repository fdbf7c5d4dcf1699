using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.FirstStart;

/// <summary>What somebody sees who starts the platform for the first time.</summary>
public sealed class StartupBannerTests(ServedPlatform served) : IClassFixture<ServedPlatform>
{
    private PlatformProcess Platform => served.Platform;

    [Fact]
    public async Task Start_First_PrintsEverythingThatIsNeededToSignIn()
    {
        Platform.Output.ShouldContain($"Address      {Platform.Address.GetLeftPart(UriPartial.Authority)}");
        Platform.Output.ShouldContain("operator 'operator' in tenant 'platform'");
        Platform.Output.ShouldContain($"Data         {served.Folder.Path}");
        Platform.Output.ShouldMatch("Runtime      Orleans .+");
        Platform.Output.ShouldMatch("Environment  development");
        Platform.OperatorPassword.Length.ShouldBe(24);
        Platform.Log.ShouldNotContain("fail:");
        Platform.Log.ShouldNotContain("crit:");
        var ready = (await Platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK).Json;
        Platform.Output.ShouldContain($"Runtime      {ready.GetProperty("runtime").GetString()}", customMessage: "console and /readyz name the same runtime");
    }

    /// <summary>The one-time password must not drown in lines of libraries.</summary>
    [Fact]
    public async Task Start_First_LogsFewLinesEachWithTimeLevelAndEvent()
    {
        // The last line of a start, on another stream than the banner.
        await Platform.WaitForLogAsync(" info: PlatformStarted ");
        var lines = Platform.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // Libraries warn where they have cause to, as on a machine that starves them; they inform of nothing.
        var informed = lines.Where(line => line.Contains(" info: ", StringComparison.Ordinal)).ToArray();
        informed.Length.ShouldBeLessThan(5, Platform.Log);
        informed.ShouldAllBe(line => line.Split(' ')[3].StartsWith("Platform.", StringComparison.Ordinal), Platform.Log);
        lines.ShouldContain(line => line.Contains(" info: PlatformStarted Platform.Api.Hosting.StartupBanner Platform started on Orleans ", StringComparison.Ordinal), Platform.Log);
        foreach (var line in lines) line.ShouldMatch(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z (info|warn|fail|crit): \w+ \S+ ");
    }

    [Fact]
    public async Task Start_First_ThreeCallsWorkAsPasted()
    {
        var calls = Platform.Output.Split('\n').Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToArray();
        calls.Length.ShouldBe(3);

        var signIn = await Bash.RunAsync(calls[0]);
        var session = await Bash.RunAsync(calls[1]);
        var signOut = await Bash.RunAsync(calls[2]);
        var after = await Bash.RunAsync(calls[1]);

        signIn.Output.ShouldContain("\"signed_in\"", customMessage: signIn.ToString());
        session.Output.ShouldContain("\"username\":\"operator\"", customMessage: session.ToString());
        signOut.ExitCode.ShouldBe(0, signOut.ToString());
        signOut.Output.ShouldBeEmpty();
        after.Output.ShouldContain("session_invalid", customMessage: after.ToString());
    }

    [Fact]
    [Trait("Threat", "T77")]
    public void DataDirectory_IsForItsOwnerOnly()
    {
        foreach (var folder in Directory.GetDirectories(served.Folder.Path).Append(served.Folder.Path))
        {
            File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, folder);
        }

        foreach (var secret in Directory.GetFiles(Path.Combine(served.Folder.Path, "keys")).Append(Path.Combine(served.Folder.Path, "tls", "localhost.key")))
        {
            File.GetUnixFileMode(secret).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, secret);
        }
    }
}
