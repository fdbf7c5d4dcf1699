namespace Platform.Api.Tests.Hosting;

public sealed class StartUpTests : RefusedStartTest
{
    [Theory]
    [Trait("Threat", "T86")]
    [InlineData("--urls=http://localhost:0", "is not served, only https://")]
    [InlineData("--urls=https://localhost:0;http://localhost:0", "is not served, only https://")]
    [InlineData("--Kestrel:Endpoints:Other:Url=http://localhost:0", "is not served, only https://")]
    [InlineData("--urls=ftp://localhost", "is not an https:// address")]
    [InlineData("--Platform:Proxy:TrustedNetworks=10.0.0.1/8", "canonical CIDR")]
    [InlineData("--Platform:Proxy:TrustedNetworks:0=010.0.0.0/8", "canonical CIDR")]
    [InlineData("--Platform:Environment=No Such", "Platform:Environment")]
    [InlineData("--Platform:Topology=cohosted", "Platform:MasterKeyFile")]
    [InlineData("--Platform:Topology=cohosted", "ConnectionStrings:Platform")]
    [InlineData("--Platform:Topology=cohosted", "on loopback too: set Platform:Cluster:Certificate:Path")]
    [InlineData("--Platform:Topology=cohosted --Platform:Cluster:Address=0.0.0.0", "Platform:Cluster:Address: 0.0.0.0 is no address")]
    [InlineData("--Platform:Topology=cohosted --Platform:Cluster:CertificateAuthority=/nowhere.pem", "Platform:Cluster:CertificateAuthority: /nowhere.pem cannot be used")]
    [InlineData("--Platform:Topology=sideways", "Platform:Topology")]
    [InlineData("--Platform:Topology=cluster", "For topology 'cluster' start Platform.Silo and Platform.Api.")]
    [InlineData("--Platform:Topology=cohosted --Platform:Cluster:Gateways:0=127.0.0.1:30000", "Platform:Cluster:Gateways:0 is not a setting of this process")]
    [InlineData("--Platform:RateLimits:SignInPerMinute=0", "SignInPerMinute")]
    [InlineData("--Platform:Limits:MaxConnections=0", "MaxConnections")]
    [InlineData("--Platform:Sessions:IdleTimeout=2.00:00:00", "Platform:Sessions")]
    public async Task Start_WithAFaultySetting_SaysSoWithoutAStackTrace(string setting, string expected)
    {
        ShouldBeRefused(await RunAsync(setting.StartsWith("--Platform:Topology=c", StringComparison.Ordinal) ? setting.Split(' ') : [setting]), expected);
    }

    [Theory]
    [InlineData("Platform:MasterKeyFile")]
    [InlineData("Platform:Cluster:Gateways: name the gateways")]
    [InlineData("Platform:Cluster:Gateways: silo-1:30000 is not an IP address and a port", "--Platform:Cluster:Gateways:0=silo-1:30000")]
    [InlineData("on loopback too: set Platform:Cluster:Certificate:Path", "--Platform:Cluster:Gateways:0=127.0.0.1:30000")]
    [InlineData("this program runs in topology 'cluster' only", "--Platform:Topology=embedded")]
    [InlineData("ConnectionStrings:Platform is not a setting of this process", "--ConnectionStrings:Platform=Host=database")]
    [InlineData("Platform:Sessions:IdleTimeout is not a setting of this process", "--Platform:Sessions:IdleTimeout=00:10:00")]
    [InlineData("--demo is not an option", "--demo")]
    public async Task Start_OfAnApiHostWithAFaultySetting_SaysSoWithoutAStackTrace(string expected, params string[] settings) =>
        ShouldBeRefused(await RunApiAsync(settings), expected);

    [Fact]
    public async Task Start_WithSeveralFaults_NamesThemAllAtOnce()
    {
        var (_, error) = await RunApiAsync(["--urls=http://localhost:0", "--Platform:Environment=No Such", "--Platform:RateLimits:SignInPerMinute=0"]);

        foreach (var expected in new[] { "only https://", "Platform:Environment", "SignInPerMinute", "Platform:MasterKeyFile", "Platform:Cluster:Gateways" }) error.ShouldContain(expected);
    }

    [Fact]
    public async Task Start_OnAUsedPort_SaysSoWithoutAStackTrace()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var (code, error) = await RunAsync([$"--urls={host.Address.GetLeftPart(UriPartial.Authority)}"]);

        code.ShouldBe(1);
        error.ShouldContain("address already in use", Case.Insensitive);
        error.ShouldNotContain("   at ");
    }

    private void ShouldBeRefused((int Code, string Error) start, string expected)
    {
        start.Code.ShouldBe(1);
        start.Error.ShouldContain(expected);
        start.Error.ShouldNotContain("   at ");
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty("nothing is made before the settings are good");
    }
}
