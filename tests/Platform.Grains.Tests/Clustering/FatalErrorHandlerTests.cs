using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Testing;
using NSubstitute;
using Orleans.Runtime;
using Platform.Cluster;
using Platform.Hosting;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Clustering;

namespace Platform.Grains.Tests.Clustering;

/// <summary>Orleans' own handler aborts the process: a test that ended there would end the tests.</summary>
public sealed class FatalErrorHandlerTests
{
    [Fact, Trait("Threat", "T41")]
    public void OnFatalException_OfASiloDeclaredDead_TakesTheLeaseAndEndsInOrder()
    {
        var (time, lifetime, log) = (new ManualTimeProvider(), Substitute.For<IHostApplicationLifetime>(), new FakeLogger<FatalErrorHandler>());
        var (lease, end) = (new MembershipLease(time), new FatalShutdown(lifetime));
        lease.HoldUntil(time.GetTimestamp() + TimeSpan.FromSeconds(3).Ticks);
        var handler = new FatalErrorHandler(lease, end, log);

        handler.OnFatalException(this, "I have been told I am dead, so this silo will stop!");

        (lease.IsHeld, end.Happened).ShouldBe((false, true));
        lifetime.Received(1).StopApplication();
        log.LatestRecord.Message.ShouldContain("I have been told I am dead");
    }

    [Fact]
    public void ClusteredSilo_HasItInPlaceOfOrleansOwn()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:Platform"] = "Host=127.0.0.1";
        builder.AddClusteredSilo();
        builder.Services.Last(service => service.ServiceType == typeof(IFatalErrorHandler)).ImplementationType.ShouldBe(typeof(FatalErrorHandler));
    }
}
