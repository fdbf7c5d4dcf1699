using System.Net.Sockets;
using Platform.Server.Demo;

namespace Platform.Api.Tests.Demo;

/// <summary>Where the example page is, and when there is one.</summary>
public sealed class DemoSiteStartTests : RefusedStartTest
{
    [Fact]
    public async Task Start_WithoutDemo_ListensNowhereElse()
    {
        await using var host = await new PlatformHost().StartedAsync();

        host.Service<DemoSite>().Address.ShouldBeNull();
        host.Output.ToString().ShouldNotContain("Example page");
    }

    [Fact]
    [Trait("Threat", "T85")]
    public async Task Start_DemoOutsideDevelopment_HasNoExamplePageAndSaysWhy()
    {
        await using var host = await new PlatformHost("--demo", "--Platform:Environment=test").StartedAsync();

        host.Service<DemoSite>().Address.ShouldBeNull();
        host.Output.ToString().ShouldContain("Example page none: it is there in the environment development only.");
    }

    [Fact]
    public async Task Start_PortBesideThePlatforms_IsTheOneOrAnyOtherWhereItIsTaken()
    {
        var (port, beside) = FreeNeighbours();
        await using var host = await new DemoHost($"--urls=https://localhost:{port}").StartedAsync();
        host.Origin.ShouldBe($"https://localhost:{beside}");
        var password = host.PasswordOf("alice");
        host.Output.GetStringBuilder().Clear();

        await host.DisposeStartedAsync();
        using var holder = new TcpListener(IPAddress.Loopback, beside);
        holder.Start();
        await host.InitializeAsync();

        host.Origin.ShouldNotBe($"https://localhost:{beside}");
        (await host.AskSiteAsync("GET", "/")).ShouldBe(HttpStatusCode.OK);
        var alice = await host.SignInAsync("acme", "alice", password);
        (await host.DomainsAsync(alice.Token)).ShouldBe([host.Origin], "the domain goes with the page: the tenant may have one only");
    }

    [Fact]
    public async Task Restart_TenantThatMayHaveSeveralDomains_KeepsThoseItHas()
    {
        await using var host = await new DemoHost().StartedAsync();
        var (first, password) = (host.Origin, host.PasswordOf("alice"));
        (await host.ChangeTenantAsync("acme", new { features = new { multiDomain = true } })).ShouldBe(HttpStatusCode.OK);
        await host.AllowAsync(await AliceAsync(), "localhost:8500");
        host.Output.GetStringBuilder().Clear();

        await host.RestartAsync();

        (await host.DomainsAsync(await AliceAsync())).ShouldBe([first, "https://localhost:8500", host.Origin], ignoreOrder: true);

        async Task<string> AliceAsync() => (await host.SignInAsync("acme", "alice", password)).Token;
    }

    [Fact]
    public async Task Start_NamedPortTaken_IsAClearError()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var url = $"https://localhost:{((IPEndPoint)holder.LocalEndpoint).Port}";

        var (code, error) = await RunAsync(["--demo", $"--demo-site={url}"]);

        code.ShouldBe(1);
        error.ShouldContain($"The example page cannot be at {url}: the port is in use. Name another with --demo-site.");
    }

    [Theory]
    [InlineData("--demo-site says where the example page of --demo is: give both.", "--demo-site=https://localhost:9001")]
    [InlineData("--demo-site takes https://localhost:<port> and nothing else.", "--demo", "--demo-site", "https://example.com:9001")]
    [InlineData("--demo-site takes https://localhost:<port> and nothing else.", "--demo", "--demo-site=http://localhost:9001")]
    [InlineData("--demo-site takes https://localhost:<port> and nothing else.", "--demo", "--demo-site=https://localhost:9001/x")]
    [InlineData("--demo-site works in the environment development only.", "--demo", "--demo-site=https://localhost:9001", "--Platform:Environment=test")]
    [InlineData("--demo-site stands more than once.", "--demo", "--demo-site=https://localhost:9001", "--demo-site=https://localhost:9002")]
    [InlineData("--demo-site needs a value", "--demo", "--demo-site")]
    [InlineData("Did you mean --demo-site?", "--demo", "--demo-sit=https://localhost:9001")]
    public async Task Start_DemoSiteThatIsNotUnderstood_IsRefused(string expected, params string[] arguments)
    {
        var (code, error) = await RunAsync(arguments);

        code.ShouldBe(1);
        error.ShouldContain(expected);
        Directory.GetFileSystemEntries(Folder).ShouldBeEmpty();
    }

    private static (int Port, int Beside) FreeNeighbours()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            using var second = new TcpListener(IPAddress.Loopback, port + 1);
            try
            {
                second.Start();
                return (port, port + 1);
            }
            catch (SocketException)
            {
                // Taken by somebody else.
            }
        }

        throw new InvalidOperationException("No two free ports stand side by side.");
    }
}
