using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Platform.Grains.Tests.Hosting;
using Platform.Security;
using Platform.Silo.Hosting.Clustering;

namespace Platform.Grains.Tests.Clustering;

/// <summary>A silo that is alone (topology <c>embedded</c>) has no endpoint, and no other process becomes part of it.</summary>
public sealed class AloneTests
{
    /// <summary>As any process of the machine may: with the name of the cluster, without the data directory.</summary>
    [Fact, Trait("Threat", "T80"), Trait("Threat", "T81")]
    public async Task Silo_Alone_IsNotReachedByAClient()
    {
        await using var silo = await SiloHost.StartAsync();
        var (address, cluster) = (silo.Service<ILocalSiloDetails>().SiloAddress.Endpoint, silo.Service<ILocalSiloDetails>().ClusterId);
        var stranger = Host.CreateEmptyApplicationBuilder(null);
        stranger.UseOrleansClient(orleans => orleans
            .UseStaticClustering(address)
            .UseConnectionRetryFilter((_, _) => Task.FromResult(false))
            .Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (cluster, cluster)));
        using var host = stranger.Build();

        await Should.ThrowAsync<Exception>(() => host.StartAsync());

        silo.Service<ISiloStatusOracle>().GetApproximateSiloStatuses().Count.ShouldBe(1);
    }

    [Fact, Trait("Threat", "T80")]
    public async Task Transport_OfASiloAlone_AcceptsAndConnectsNothing()
    {
        await using var silo = await SiloHost.StartAsync();
        var orleans = Host.CreateEmptyApplicationBuilder(null);
        orleans.UseOrleans(_ => { });
        var keys = orleans.Services.Where(service => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory)).Select(service => service.ServiceKey).ToArray();

        keys.Length.ShouldBe(2, "one for silos, one for gateways");
        foreach (var key in keys) silo.Service<IServiceProvider>().GetRequiredKeyedService<IConnectionListenerFactory>(key).ShouldBeOfType<NoTransport>();
        var transport = new NoTransport();
        await Should.ThrowAsync<IOException>(async () => await transport.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 443)));
        var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 443));
        var accepted = listener.AcceptAsync();
        accepted.IsCompleted.ShouldBeFalse();
        await listener.UnbindAsync();
        (await accepted).ShouldBeNull();
    }

    [Fact, Trait("Threat", "T80")]
    public void Transport_WhereOrleansRegistersNone_IsRefused() => Should.Throw<NotSupportedException>(() => NoTransport.Put(new ServiceCollection()));

    [Fact, Trait("Threat", "T80")]
    public async Task Membership_OfASiloAlone_TakesNoSecondRow()
    {
        await using var silo = await SiloHost.StartAsync();
        var table = silo.Service<IMembershipTable>();
        var before = await table.ReadAllAsync(default);
        var own = before.Members[0].Item1;
        var other = new MembershipEntry { SiloAddress = SiloAddress.New(IPAddress.Loopback, 41_111, 1), Status = SiloStatus.Active, HostName = own.HostName, SiloName = own.SiloName };

        await Should.ThrowAsync<InvalidOperationException>(() => table.InsertRowAsync(other, before.Version.Next(), default));
        await Should.ThrowAsync<InvalidOperationException>(() => table.UpdateRowAsync(other, before.Members[0].Item2, before.Version.Next(), default));
        await Should.ThrowAsync<InvalidOperationException>(() => table.UpdateIAmAliveAsync(other, default));

        (await table.ReadRowAsync(other.SiloAddress, default)).Members.ShouldBeEmpty();
        (await table.ReadAllAsync(default)).Members.ShouldHaveSingleItem();
        (await table.InsertRowAsync(own, before.Version.Next(), default)).ShouldBeFalse("its own row is there already");
        (await table.UpdateRowAsync(own, "no etag of it", before.Version.Next(), default)).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T81")]
    public async Task Capability_OfTwoStartsOnTheSameData_IsAnother()
    {
        var first = await SiloHost.StartAsync();
        var (one, cluster) = (Shown(first), first.Service<ILocalSiloDetails>().ClusterId);
        await using var second = await first.RestartAsync();

        var other = Shown(second);

        other.ShouldNotBe(one);
        Shown(new ClusterCredential(second.Service<MasterKey>(), cluster, cluster)).ShouldNotBe(other, "it follows from no key that is on disk");
    }

    private static string Shown(SiloHost silo) => Shown(silo.Service<ClusterCredential>());

    private static string Shown(ClusterCredential capability)
    {
        capability.Present();
        try { return (string)RequestContext.Get(ClusterCredential.ContextKey)!; }
        finally { RequestContext.Remove(ClusterCredential.ContextKey); }
    }
}
