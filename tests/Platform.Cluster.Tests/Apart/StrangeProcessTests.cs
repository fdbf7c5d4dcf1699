using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Connections.Security;

namespace Platform.Cluster.Tests.Apart;

/// <summary>What silos do with processes of Orleans that are not the platform's, beside those who only knock at a port (<see cref="ConnectionTests"/>).</summary>
public sealed class StrangeProcessTests(CalmApartCluster calm) : IClassFixture<CalmApartCluster>
{
    private ApartCluster Cluster => calm.Cluster;

    [Fact, Trait("Threat", "T80"), Trait("Threat", "T81")]
    public async Task Client_WithoutACertificateOfTheAuthority_IsNotConnected()
    {
        var gateway = Cluster.Silos[0].GatewayPort;
        using var ours = Cluster.Authority.ForApi().Open();
        using var theirs = Cluster.Stranger.ForApi().Open();

        await ConnectsAsync(gateway, With(ours), connects: true);
        await ConnectsAsync(gateway, tls: null, connects: false);
        await ConnectsAsync(gateway, options => options.AllowAnyRemoteCertificate(), connects: false);
        await ConnectsAsync(gateway, With(theirs), connects: false);
    }

    [Theory, Trait("Threat", "T80"), Trait("Threat", "T81")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silo_WithoutACertificateOfTheAuthority_IsAnsweredNothingAndBecomesNoMember(bool withOneOfAnother)
    {
        var members = await Cluster.Database.MembersAsync();
        using var theirs = withOneOfAnother ? Cluster.Stranger.ForSilo().Open() : null;
        using var silo = StrangeProcess.Silo(theirs);
        await silo.StartAsync();
        var own = silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

        (await StrangeProcess.AskAsync(silo, own)).Length.ShouldBe(1, "a silo that is reached answers");
        foreach (var member in members) await Should.ThrowAsync<Exception>(() => StrangeProcess.AskAsync(silo, SiloAddress.FromParsableString(member)));

        await silo.StopAsync();
        members.Count.ShouldBe(2);
        (await Cluster.Database.MembersAsync()).ShouldBe(members);
        (await Cluster.Apis[0].SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>What the silos above lacked is the certificate and nothing else.</summary>
    [Fact]
    public async Task Silo_WithACertificateOfTheAuthority_IsAnswered()
    {
        using var ours = Cluster.Authority.ForSilo().Open();
        using var silo = StrangeProcess.Silo(ours);
        await silo.StartAsync();

        foreach (var member in await Cluster.Database.MembersAsync()) (await StrangeProcess.AskAsync(silo, SiloAddress.FromParsableString(member))).Length.ShouldBe(1);

        await silo.StopAsync();
    }

    private static Action<TlsOptions> With(X509Certificate2 certificate) => options =>
    {
        options.LocalCertificate = certificate;
        options.AllowAnyRemoteCertificate();
    };

    private static async Task ConnectsAsync(int gatewayPort, Action<TlsOptions>? tls, bool connects)
    {
        using var client = StrangeProcess.Client(gatewayPort, tls);
        if (!connects)
        {
            await Should.ThrowAsync<Exception>(() => client.StartAsync());
            return;
        }

        await client.StartAsync();
        await client.StopAsync();
    }
}
