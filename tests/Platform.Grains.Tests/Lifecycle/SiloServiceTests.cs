using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Grains.Tests.Hosting;
using Platform.Lifecycle;
using Platform.Sessions;

namespace Platform.Grains.Tests.Lifecycle;

/// <summary>The order in which the parts of a silo start and stop comes from their stages, not from where they were registered.</summary>
public sealed class SiloServiceTests
{
    [Fact]
    public async Task StartAndStop_RegisteredTheWrongWayRound_FollowTheStages()
    {
        var moments = new List<string>();
        var silo = await SiloHost.StartAsync(services =>
        {
            CheapHashing.Put(services);
            services.AddSingleton(moments);
            services.AddSiloService<Worker>(SiloStages.Workers).AddSiloService<Writer>(SiloStages.Writers).AddSiloService<Lease>(SiloStages.Lease);
        });
        await silo.NewTenantAsync();
        silo.Live.Count.ShouldBe(1);
        await silo.StopAsync();
        await silo.RemoveDataAsync();

        moments.ShouldBe(["Lease starts, 0 live", "Writer starts, 0 live", "Worker starts, 0 live", "Worker stops, 1 live", "Writer stops, 0 live", "Lease stops, 0 live"]);
    }

    private abstract class Part(List<string> moments, LiveSessions live) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Note("starts");

        public Task StopAsync(CancellationToken cancellationToken) => Note("stops");

        private Task Note(string moment)
        {
            lock (moments) moments.Add($"{GetType().Name} {moment}, {live.Count} live");
            return Task.CompletedTask;
        }
    }

    private sealed class Lease(List<string> moments, LiveSessions live) : Part(moments, live);

    private sealed class Writer(List<string> moments, LiveSessions live) : Part(moments, live);

    private sealed class Worker(List<string> moments, LiveSessions live) : Part(moments, live);
}
