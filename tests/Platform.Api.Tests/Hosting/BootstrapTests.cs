using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Hosting;

public sealed partial class BootstrapTests
{
    private const string NoConfiguredPassword = "--Platform:Bootstrap:OperatorPassword=";

    [Fact]
    public async Task FirstStart_WithoutAConfiguredPassword_PrintsOneThatWorksAndLogsItNowhere()
    {
        await using var host = await new PlatformHost(NoConfiguredPassword).StartedAsync();
        var password = Shown().Match(host.Output.ToString()).Groups["password"].Value;

        password.Length.ShouldBe(24);
        (await host.TrySignInAsync("platform", "operator", password)).ShouldBe(HttpStatusCode.OK);
        host.Logs.Text.ShouldNotContain(password);
    }

    [Fact]
    public async Task SecondStart_PrintsNoPasswordAndKeepsTheFirst()
    {
        await using var host = await new PlatformHost(NoConfiguredPassword).StartedAsync();
        var password = Shown().Match(host.Output.ToString()).Groups["password"].Value;
        host.Output.GetStringBuilder().Clear();

        await host.RestartAsync();

        host.Output.ToString().ShouldNotContain("password", Case.Insensitive);
        host.Output.ToString().ShouldContain(host.Address.Authority);
        (await host.TrySignInAsync("platform", "operator", password)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task FirstStart_WithAConfiguredPassword_DoesNotRepeatIt()
    {
        await using var host = await new PlatformHost().StartedAsync();
        host.Output.ToString().ShouldNotContain(PlatformHost.OperatorPassword);
        (await host.TrySignInAsync("platform", "operator", PlatformHost.OperatorPassword)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task EveryStart_PrintsAddressFingerprintDataAndRuntime()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var output = host.Output.ToString();
        var ready = await host.SendAsync("GET", "/readyz");

        output.ShouldContain(host.Address.GetLeftPart(UriPartial.Authority));
        output.ShouldMatch("SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}");
        output.ShouldContain(host.Folder);
        output.ShouldContain(ready.String("runtime")!);
        output.Split('\n').Count(line => line.StartsWith("curl ", StringComparison.Ordinal)).ShouldBe(3);
        host.Logs.At(Microsoft.Extensions.Logging.LogLevel.Information).Count(line => line.Contains(ready.String("runtime")!, StringComparison.Ordinal)).ShouldBe(1);
        ready.String("status").ShouldBe("ready");
        ready.String("topology").ShouldBe("embedded");
        ready.String("environment").ShouldBe("development");
        ready.Json.GetProperty("checks").EnumerateObject().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Demo_MakesThreeUsersWithTheirRolesOnce()
    {
        await using var host = await new PlatformHost("--demo").StartedAsync();
        var users = DemoUsers().Matches(host.Output.ToString());
        users.Select(user => $"{user.Groups["name"]} {user.Groups["role"]}").ShouldBe(["alice owner", "bob editor", "carol viewer"]);
        foreach (Match user in users)
        {
            var session = await host.SignInAsync("acme", user.Groups["name"].Value, user.Groups["password"].Value);
            (await host.SendAsync("GET", "/v1/me", token: session.Token)).String("role").ShouldBe(user.Groups["role"].Value);
        }

        host.Output.GetStringBuilder().Clear();
        await host.RestartAsync();
        DemoUsers().Matches(host.Output.ToString()).ShouldBeEmpty();
    }

    [GeneratedRegex("display of its password: (?<password>\\S+)", RegexOptions.None, 1000)]
    private static partial Regex Shown();

    [GeneratedRegex("^  (?<name>alice|bob|carol) +(?<role>owner|editor|viewer) +(?<password>\\S{24})\\s*$", RegexOptions.Multiline, 1000)]
    private static partial Regex DemoUsers();
}
