using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.FirstStart;

/// <summary>A start that cannot be says why, once, in words; nothing of it is left behind.</summary>
public sealed class StartErrorTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const string PlainAddress = "'http://localhost:5000' is not served, only https://";
    private const string BadEnvironment = "Platform:Environment must be 1 to 32 characters";

    public static TheoryData<string[], string[]> WrongSettings => new()
    {
        { ["ASPNETCORE_URLS=http://localhost:5000"], [PlainAddress] },
        { ["Platform__Environment=Not_Good"], [BadEnvironment] },
        { ["Platform__Topology=unknown"], ["'unknown' at 'Platform:Topology'"] },
        { ["Platform__Topology=cohosted", "ConnectionStrings__Platform=Host=none"], ["Platform:MasterKeyFile is missing", "both ends show a certificate, on loopback too"] },
        { ["Platform__Sessions__IdleTimeout=02:00:00", "Platform__Sessions__AbsoluteTimeout=01:00:00"], ["The idle timeout may not be longer than the absolute one."] },
        { ["Platform__Sessions__IdleTimeout=soon"], ["'soon' at 'Platform:Sessions:IdleTimeout'"] },
        { ["ASPNETCORE_URLS=http://localhost:5000", "Platform__Environment=Not_Good"], [PlainAddress, BadEnvironment] },
        { ["ASPNETCORE_FORWARDEDHEADERS_ENABLED=true"], ["FORWARDEDHEADERS_ENABLED would let anybody choose the client address"] },
    };

    [Theory]
    [MemberData(nameof(WrongSettings))]
    [Trait("Fault", "F19"), Trait("Database", "Unused")]
    public async Task Start_WrongSettings_EndsWithOneClearMessageForEach(string[] settings, string[] messages)
    {
        var ended = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder)
        {
            Settings = [.. settings.Select(setting => (setting.Split('=', 2)[0], setting.Split('=', 2)[1]))],
        });

        ShouldBeClear(ended, messages);
        Directory.Exists(Folder.Path).ShouldBeFalse("nothing is written before the settings are known to be right");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Fault", "F19"), Trait("Fault", "F21")]
    public async Task Start_MasterKeyMissingOrAnother_IsRefusedAndMakesNoneBesideTheData(bool another)
    {
        var first = await StartAsync();
        (await first.StopAsync()).ShouldBe(0);
        var key = Path.Combine(Folder.Path, "keys", "master.key");
        var right = await File.ReadAllBytesAsync(key);
        if (another) await File.WriteAllBytesAsync(key, [.. right.Reverse()]);
        else File.Delete(key);

        var ended = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder));

        ShouldBeClear(ended, [$"The master key {key} is {(another ? "not the one with which this database was made" : "missing")}"]);
        File.Exists(key).ShouldBe(another, "a key that was made for lack of the right one would hide that it is missing");
        await File.WriteAllBytesAsync(key, right);
        await RestartAsync(first);
    }

    [Fact]
    [Trait("Fault", "F19"), Trait("Fault", "F15")]
    public async Task Start_SecondProcessOnTheSameData_IsRefusedAndDoesNotDisturbTheFirst()
    {
        var first = await StartAsync();
        var session = await first.SignInAsync();

        var second = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder));

        ShouldBeClear(second, [$"Another process uses the data directory {Folder.Path}."]);
        (await first.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        (await first.SignOutAsync(session.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Start_PortTaken_IsAClearErrorAndTheFirstPasswordIsNotLost()
    {
        var first = await StartAsync();
        await using var folder = new DataFolder();
        var taken = new PlatformStart(folder) { Settings = [("ASPNETCORE_URLS", first.Address.GetLeftPart(UriPartial.Authority))] };

        var second = await PlatformProcess.RunToEndAsync(taken);

        ShouldBeClear(second, [$"Failed to bind to address {first.Address.GetLeftPart(UriPartial.Authority)}: address already in use."]);
        var password = second.Output.Split("password: ")[1].Trim();
        await using var third = await PlatformProcess.StartAsync(taken with { Settings = [] });
        third.Output.ShouldNotContain("password");
        await third.SignInAsync("platform", "operator", password);
    }

    [Fact]
    [Trait("Fault", "F19"), Trait("Database", "Unused")]
    public async Task Start_DataDirectoryUnusable_IsAClearError()
    {
        // Below a file nobody can make a directory, root included.
        var file = Path.GetTempFileName();
        try
        {
            var ended = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Settings = [("Platform__DataDirectory", Path.Combine(file, "data"))] });

            ShouldBeClear(ended, [$"The data directory {Path.Combine(file, "data")} cannot be used"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void ShouldBeClear(BashResult ended, string[] messages)
    {
        ended.ExitCode.ShouldBeInRange(1, 127, ended.ToString());
        var lines = ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldContain("The platform cannot run:", ended.ToString());
        var told = lines.Where(line => line.StartsWith(" - ", StringComparison.Ordinal)).ToArray();
        told.Length.ShouldBe(messages.Length, ended.ToString());
        foreach (var message in messages) told.ShouldContain(line => line.Contains(message, StringComparison.Ordinal), ended.ToString());
        foreach (var trace in (string[])["   at ", "Exception", "Unhandled", "fail:", "crit:"]) ended.Errors.ShouldNotContain(trace, Case.Sensitive, ended.ToString());
    }
}
