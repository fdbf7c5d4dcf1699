using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;

namespace Platform.Grains.Tests.Audit;

/// <summary>Checkpoints are signed while the log stays in memory: its timer passes the filter that demands the capability, each time.</summary>
public sealed class CheckpointTimerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    [Fact, Trait("Threat", "T74"), Trait("Threat", "T81")]
    public async Task Checkpoint_FiveMinutesAfterAnEvent_IsSignedEachTime()
    {
        var (clock, signed) = (new ManualTimeProvider(), Channel.CreateUnbounded<long>());
        var timers = new LongTimersByHand(clock);
        var database = new RecordingDatabase
        {
            Written = write =>
            {
                if (AuditSample.CheckpointIn(write) is { } sequence) signed.Writer.TryWrite(sequence);
            },
        };
        await using var silo = await SiloHost.StartAsync(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(timers));
            database.Put(services);
        });
        var log = new AuditSample(silo);

        for (var sequence = 1; sequence <= 3; sequence++)
        {
            await log.AppendAsync(1);
            await timers.ArmedAsync(log.Tenant.ToString());
            clock.Advance(Interval);
            (await signed.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System)).ShouldBe(sequence);
        }
    }

    /// <summary>An attempt at a tenant that does not exist looks at a log of its name, so that it takes as long as at one that does.</summary>
    [Fact]
    public async Task Head_OfALogWithoutEvents_StartsNoTimer()
    {
        var timers = new LongTimersByHand(new ManualTimeProvider());
        await using var silo = await SiloHost.StartAsync(services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(timers)));
        var (absent, used) = (new AuditSample(silo), new AuditSample(silo));

        (await silo.Grains.AuditLog(absent.Tenant).HeadAsync(default)).Sequence.ShouldBe(0);
        await used.AppendAsync(1);

        (await timers.ArmedAsync(used.Tenant.ToString())).ShouldAllBe(name => !name.Contains(absent.Tenant.ToString(), StringComparison.Ordinal));
    }
}
