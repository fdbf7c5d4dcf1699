using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.FirstStart;

/// <summary>What a first start leaves behind, and what the next one finds.</summary>
public sealed class FirstStartTests(ITestOutputHelper output) : ProcessTest(output)
{
    [Fact]
    [Trait("Threat", "T76"), Trait("Threat", "T77")]
    public async Task OperatorPassword_AndToken_AreInNoFileAndNoLog()
    {
        var platform = await StartAsync(("Logging__LogLevel__Default", "Debug"), ("Logging__LogLevel__Microsoft", "Debug"), ("Logging__LogLevel__Orleans", "Information"));
        var session = await platform.SignInAsync();
        (await platform.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        (await platform.TrySignInAsync("platform", "operator", platform.OperatorPassword + "x")).ShouldBe(HttpStatusCode.Unauthorized);

        foreach (var secret in (string[])[platform.OperatorPassword, session.Token]) (await Folder.PlacesWithAsync(secret)).ShouldBeEmpty("while it runs");
        (await platform.StopAsync()).ShouldBe(0);
        foreach (var secret in (string[])[platform.OperatorPassword, session.Token])
        {
            (await Folder.PlacesWithAsync(secret)).ShouldBeEmpty("after its end");
            platform.Log.ShouldNotContain(secret, Case.Sensitive);
        }

        platform.Log.Length.ShouldBeGreaterThan(1000, "there is a log to search");
        (await Folder.PlacesWithAsync(session.Id)).ShouldNotBeEmpty("the search finds what is there");
    }

    [Fact]
    public async Task Start_Second_ShowsNoPasswordAndKeepsTheCertificate()
    {
        var first = await StartAsync();
        (await first.StopAsync()).ShouldBe(0);

        var second = await RestartAsync(first);

        second.Output.ShouldNotContain("password");
        second.Output.ShouldNotContain("curl");
        second.Fingerprint.ShouldBe(first.Fingerprint);
    }

    [Fact]
    public async Task Start_WithAConfiguredPassword_DoesNotRepeatIt()
    {
        const string Configured = "Long-Winding-Road-77";
        var platform = await StartAsync(("Platform__Bootstrap__OperatorPassword", Configured));

        await platform.SignInAsync("platform", "operator", Configured);

        platform.Output.ShouldNotContain(Configured, Case.Sensitive);
        platform.Log.ShouldNotContain(Configured, Case.Sensitive);
        (await Folder.PlacesWithAsync(Configured)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_Demo_MakesAcmeWithUsersWhoCanSignIn()
    {
        var platform = await StartAsync(new PlatformStart(Folder) { Arguments = ["--demo"] });
        var users = platform.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, "owner" or "editor" or "viewer", _]).ToArray();
        users.Length.ShouldBe(3);
        foreach (var user in users) await platform.SignInAsync("acme", user[0], user[2]);
        await platform.SignInAsync();
        (await platform.StopAsync()).ShouldBe(0);

        var again = await RestartAsync(platform);

        again.Output.ShouldContain("'acme' is there already");
        await again.SignInAsync("acme", users[0][0], users[0][2]);
    }

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    [Trait("Fault", "F2")]
    public async Task Stop_BySignal_IsCleanAndStateIsThereAtTheNextStart(int signal)
    {
        var platform = await StartAsync();
        var (kept, ended) = (await platform.SignInAsync(), await platform.SignInAsync());
        (await platform.SignOutAsync(ended.Token)).ShouldBe(HttpStatusCode.NoContent);
        var touched = (await platform.TouchAsync(kept.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("lastActivityAt").GetDateTimeOffset();

        (await platform.StopAsync(signal)).ShouldBe(0);

        platform.Log.ShouldNotContain("fail:");
        File.Exists(Path.Combine(Folder.Path, "platform.db-wal")).ShouldBeFalse("the log is folded into the file");
        var next = await RestartAsync(platform);
        (await next.PeekAsync(kept.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("lastActivityAt").GetDateTimeOffset().ShouldBe(touched, "a clean end forgets no touch");
        (await next.PeekAsync(ended.Token)).IsRefused.ShouldBeTrue();
    }
}
