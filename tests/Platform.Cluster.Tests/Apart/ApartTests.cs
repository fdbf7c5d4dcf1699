using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Apart;

/// <summary>Silos and API hosts as processes of their own (topology <c>cluster</c>).</summary>
public sealed class ApartTests(CalmApartCluster calm, ITestOutputHelper output) : IClassFixture<CalmApartCluster>
{
    private ApartCluster Cluster => calm.Cluster;

    [Fact, Trait("Row", "SIGNOUT"), Trait("Row", "DMZ")]
    public async Task Session_OverTwoApiHostsWithoutADatabase_LivesUntilItsSignOut()
    {
        var (one, other) = (Cluster.Apis[0], Cluster.Apis[1]);
        var admin = await Cluster.SignInAsync();
        await one.CreateTenantAsync(admin.Token, "globex");
        var session = await other.SignInAsync("globex", "owner");

        foreach (var api in Cluster.Apis)
        {
            (await api.ValidateAsync(session.Token)).ShouldBe(HttpStatusCode.NoContent);
            (await api.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
            (await api.PeekAsync(session.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("username").GetString().ShouldBe("owner");
        }

        (await other.CreateUserAsync(session.Token, "globex", "lisa")).ShouldBe(HttpStatusCode.Created);
        (await one.SendAsync("GET", "/v1/tenants/globex/audit-events", token: session.Token)).ShouldBe(HttpStatusCode.OK).Text.ShouldContain("user.created");

        (await one.SignOutAsync(session.Token)).ShouldBe(HttpStatusCode.NoContent);
        foreach (var api in Cluster.Apis) (await api.ValidateAsync(session.Token)).IsRefused.ShouldBeTrue();
    }

    /// <summary>Text messages: 60 calls an hour of one address, and nothing else here calls them.</summary>
    [Fact, Trait("Threat", "T70")]
    public async Task RateLimit_UsedUpAtOneHost_IsSoAtTheOther()
    {
        async Task<bool> IsLetThroughAsync(int host) => (await Cluster.Apis[host].SendAsync("POST", "/v1/sign-in/sms", new { challenge = "none" })).Status != HttpStatusCode.TooManyRequests;

        var here = 0;
        while (await IsLetThroughAsync(0)) here++;
        here.ShouldBeInRange(60, 65);

        // The other one lets through what comes until it has heard; by itself it would have 60 more.
        var there = 0;
        await Until.TrueAsync(
            async () =>
            {
                if (!await IsLetThroughAsync(1)) return true;
                there++;
                return false;
            },
            "the other host knows");
        output.WriteLine($"MEASURED the second host let through {there} until it knew");
        there.ShouldBeLessThan(50);
    }

    [Fact]
    public void FirstStart_OfTwoSilosAndTwoHosts_ShowsThePasswordOnce()
    {
        var told = Cluster.Silos.Select(silo => silo.Output).Concat(Cluster.Apis.Select(api => api.Output)).ToArray();

        told.Sum(output => output.Split(Cluster.OperatorPassword).Length - 1).ShouldBe(1);
        Cluster.Logs.ShouldContain("One-time display");
        Cluster.Apis.ShouldAllBe(api => !api.Output.Contains("First start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Readiness_OfBothKinds_SaysSo()
    {
        var ready = (await Cluster.Apis[0].SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK).Json;
        ready.GetProperty("topology").GetString().ShouldBe("cluster");
        ready.GetProperty("checks").GetProperty("gateway").GetString().ShouldBe("healthy");
        ready.GetProperty("checks").TryGetProperty("storage", out _).ShouldBeFalse();

        await using var folder = new DataFolder();
        (await ProbeAsync(Cluster.Silos[0].HealthAddress)).ShouldBe(0);
        (await ProbeAsync(new Uri(Cluster.Apis[0].Address, "/readyz").ToString())).ShouldBe(0);
        (await ProbeAsync($"http://127.0.0.1:{FreePorts.Next()}/readyz")).ShouldBe(1);
        (await ProbeAsync("https://example.com/readyz")).ShouldBe(2);

        async Task<int> ProbeAsync(string address) => (await PlatformProcess.RunToEndAsync(new PlatformStart(folder) { Program = "PlatformSilo", Arguments = ["probe", address] })).ExitCode;
    }

    [Theory, Trait("Fault", "F19"), Trait("Threat", "T80")]
    [InlineData("PlatformSilo", "Platform:Cluster:Certificate:Path is missing", "Platform__Cluster__Certificate__Path=")]
    [InlineData("PlatformSilo", "Platform:Cluster:Address: 0.0.0.0 is no address", "Platform__Cluster__Address=0.0.0.0")]
    [InlineData("PlatformSilo", "this program runs in topology 'cluster' only", "Platform__Topology=Embedded")]
    [InlineData("PlatformApi", "this program runs in topology 'cluster' only", "Platform__Topology=Cohosted")]
    [InlineData("PlatformApi", "ConnectionStrings:Platform is not a setting of this process", "ConnectionStrings__Platform=Host=database")]
    [InlineData("PlatformApi", "Platform:Sessions:IdleTimeout is not a setting of this process", "Platform__Sessions__IdleTimeout=00:10:00")]
    [InlineData("PlatformSilo", "ConnectionStrings:Platform is missing", "ConnectionStrings__Platform=")]
    [InlineData("PlatformSilo", "/nowhere.pem cannot be used", "Platform__Cluster__CertificateAuthority=/nowhere.pem")]
    [InlineData("PlatformApi", "Platform:Cluster:CertificateAuthority is missing", "Platform__Cluster__CertificateAuthority=")]
    [InlineData("PlatformApi", "Platform:MasterKeyFile is missing", "Platform__MasterKeyFile=")]
    public async Task Start_WithAFaultySetting_EndsWithOneClearLine(string program, string message, string setting)
    {
        await using var folder = new DataFolder();
        var settings = (setting.Split('=', 2)[0], setting.Split('=', 2)[1]);

        ShouldBeClear(await PlatformProcess.RunToEndAsync(program == "PlatformSilo" ? Cluster.SiloOn(folder, settings) : Cluster.ApiOn(folder, settings)), message);
    }

    /// <summary>Every user of the machine can connect on loopback.</summary>
    [Theory, Trait("Fault", "F19"), Trait("Threat", "T80")]
    [InlineData("PlatformSilo")]
    [InlineData("PlatformApi")]
    public async Task Start_OnLoopbackWithoutCertificates_IsRefused(string program)
    {
        await using var folder = new DataFolder();

        ShouldBeClear(
            await PlatformProcess.RunToEndAsync(program == "PlatformSilo" ? Cluster.SiloOn(folder, IssuedCertificate.NoSettings) : Cluster.ApiOn(folder, IssuedCertificate.NoSettings)),
            "both ends show a certificate, on loopback too");
    }

    [Fact, Trait("Fault", "F19"), Trait("Threat", "T80")]
    public async Task Start_WithACertificateThatIsNotGood_EndsWithOneClearLine()
    {
        await using var folder = new DataFolder();
        var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
        var foreign = Cluster.Stranger.ForSilo() with { Authority = Cluster.Authority.PemPath };

        ShouldBeClear(await StartAsync(Cluster.Authority.ForSilo(until: yesterday)), $"expired on {yesterday:yyyy-MM-dd}");
        ShouldBeClear(await StartAsync(Cluster.Authority.ForApi()), "is not made for serverAuth and clientAuth");
        ShouldBeClear(await StartAsync(foreign), "was not issued by the authority in");

        Task<BashResult> StartAsync(IssuedCertificate certificate) => PlatformProcess.RunToEndAsync(Cluster.SiloOn(folder, certificate.Settings));
    }

    private static void ShouldBeClear(BashResult ended, string message)
    {
        ended.ExitCode.ShouldBe(1, ended.ToString());
        var told = ended.Errors.Split('\n').SkipWhile(line => line != "The platform cannot run:").ToArray();
        told.Length.ShouldBe(2, ended.ToString());
        told[1].ShouldContain(message);
    }
}
