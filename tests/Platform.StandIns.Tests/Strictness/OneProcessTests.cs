using System.Net;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Strictness;

public sealed class OneProcessTests
{
    [Fact]
    public async Task Start_WithAdoNetClustering_IsRefusedNamingThePackage()
        => (await Refused(silo => silo.UseAdoNetClustering((AdoNetClusteringSiloOptions options) => options.Invariant = "Npgsql"))).ShouldContain("Microsoft.Orleans.Clustering.AdoNet");

    [Fact]
    public async Task Start_WithAnotherPrimarySilo_IsRefused()
        => (await Refused(silo => silo.UseLocalhostClustering(11112, 0, new IPEndPoint(IPAddress.Loopback, 11111)))).ShouldContain("11111");

    [Fact]
    public async Task Start_WithAdoNetStorageAndNoSerializer_IsRefused()
        => (await Refused(silo => silo.AddAdoNetGrainStorage("db", (AdoNetGrainStorageOptions options) =>
        {
            options.Invariant = "Npgsql";
            options.ConnectionString = "Host=nowhere";
        }))).ShouldContain(nameof(AdoNetGrainStorageOptions.GrainStorageSerializer));

    [Fact]
    public async Task Start_AsAClient_IsRefusedNamingThePackage()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client.UseAdoNetClustering((AdoNetClusteringClientOptions options) => options.Invariant = "Npgsql"));
        using var host = builder.Build();
        (await Should.ThrowAsync<OrleansConfigurationException>(() => host.StartAsync())).Message.ShouldContain("Microsoft.Orleans");
    }

    private static async Task<string> Refused(Action<ISiloBuilder> configure)
        => (await Should.ThrowAsync<OrleansConfigurationException>(() => SiloFixture.StartHostAsync(configure))).Message;
}
