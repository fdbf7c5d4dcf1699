using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;
using Platform.Audit;
using Platform.Grains.Tests.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Security;
using Platform.Sessions;
using Platform.Telemetry;

namespace Platform.Grains.Tests.Security;

/// <summary>Who is not of the cluster calls no grain, whatever it puts into the context of the call.</summary>
public sealed class ClusterCredentialTests
{
    private static readonly string[] Forgeries = ["none", "empty", "short", "other type", "other environment", "other master key", "one letter wrong"];

    [Fact, Trait("Threat", "T81")]
    public async Task EveryGrainMethod_WithoutTheCapability_IsRefusedAndChangesNothing()
    {
        var caller = new ForgedCaller();
        await using var silo = await SiloHost.StartAsync(caller.Put);
        silo.ExpectsDeniedCalls = true;
        var (tenant, owner) = await silo.NewTenantAsync();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        using var denied = new DeniedCalls(silo);
        using var storage = new StorageCounter(silo);
        var calls = 0;

        GrainReferences.Interfaces.Length.ShouldBeGreaterThan(20);
        foreach (var grain in GrainReferences.Interfaces)
        {
            var reference = GrainReferences.Reference(grain, silo.Grains, owner, silo.Service<ILocalSiloDetails>().SiloAddress.ToParsableString());
            foreach (var method in GrainReferences.MethodsOf(grain))
            {
                foreach (var forgery in Forgeries)
                {
                    var call = CallAsync(silo, caller, reference, method, forgery);
                    if (method.IsDefined(typeof(OneWayAttribute))) await call;
                    else await Should.ThrowAsync<CallDeniedException>(() => call, $"{grain.Name}.{method.Name}, {forgery}");
                    calls++;
                }
            }
        }

        await denied.ReachAsync(calls);
        storage.Writes.ShouldBe(0);
        caller.Forge = null;
        (await silo.Grains.Session(session!.Id).PeekAsync(hash, null, null, default)).State.ShouldBe(SessionState.Live);
    }

    /// <summary>What a grain keeps from one call must not help the next one.</summary>
    [Fact, Trait("Threat", "T81")]
    public async Task Call_BesideThoseOfTheCluster_StillNeedsItsOwnCapability()
    {
        var caller = new ForgedCaller();
        await using var silo = await SiloHost.StartAsync(caller.Put);
        silo.ExpectsDeniedCalls = true;
        var (_, owner) = await silo.NewTenantAsync();
        var session = silo.Grains.Session(owner.SessionId);
        for (var i = 0; i < 50; i++)
        {
            caller.Forge = null;
            var good = session.DescribeAsync(default);
            caller.Forge = RequestContext.Clear;
            var bad = session.DescribeAsync(default);
            await Should.ThrowAsync<CallDeniedException>(() => bad);
            (await good).State.ShouldBe(SessionState.Live);
        }
    }

    /// <summary>A tick of a timer is let in by what its request is. Its interface can be called by anybody; that call finds no timer.</summary>
    [Fact, Trait("Threat", "T81")]
    public async Task TimerTick_CalledThroughAReference_RunsNothing()
    {
        var (caller, database) = (new ForgedCaller(), new RecordingDatabase());
        await using var silo = await SiloHost.StartAsync(services =>
        {
            caller.Put(services);
            database.Put(services);
        });
        silo.ExpectsDeniedCalls = true;
        var (tenant, _) = await silo.NewTenantAsync();
        var timers = typeof(Orleans.Runtime.Silo).Assembly.GetType("Orleans.Runtime.IGrainTimerInvoker", throwOnError: true)!;
        var tick = timers.GetMethods().Single();
        var log = silo.Grains.AuditLog(tenant.Id).Cast(timers);
        caller.Forge = RequestContext.Clear;

        var failure = await Should.ThrowAsync<Exception>(() => (Task)tick.Invoke(log, [.. tick.GetParameters().Select(_ => (object?)null)])!);

        (failure is CallDeniedException or InvalidCastException).ShouldBeTrue($"{failure}");
        database.Writes.Count(write => AuditSample.CheckpointIn(write) is not null).ShouldBe(0, "the log has events, and would have signed them");
    }

    [Fact, Trait("Threat", "T81")]
    public void Capability_OfTheSameMasterKey_IsAnotherForEachServiceAndCluster()
    {
        using var master = new MasterKey(new byte[32]);
        string[] shown = [Shown(new(master, "platform-a", "platform-a")), Shown(new(master, "platform-b", "platform-a")), Shown(new(master, "platform-a", "platform-b"))];
        shown.Distinct().Count().ShouldBe(3);
        Shown(new(master, "platform-a", "platform-a")).ShouldBe(shown[0]);
    }

    [Fact]
    public void Filters_CallThatCarriesItAlready_AllocateNothing()
    {
        using var master = new MasterKey(new byte[32]);
        var capability = new ClusterCredential(master, "platform-a", "platform-a");
        var (present, call) = (new AttachClusterCredential(capability), new EmptyCall());
        var demand = new RequireClusterCredential(capability, null!, null!);
        capability.Present();
        for (var i = 0; i < 1_000; i++) Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Pass();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        call.Invoked.ShouldBe(4_000); // Through both filters, twice 1,000 times.

        void Pass()
        {
            if (!present.Invoke(call).IsCompletedSuccessfully || !demand.Invoke(call).IsCompletedSuccessfully) throw new InvalidOperationException();
        }
    }

    private static async Task CallAsync(SiloHost silo, ForgedCaller caller, object reference, MethodInfo method, string forgery)
    {
        var cluster = silo.Service<IOptions<ClusterOptions>>().Value;
        var right = Shown(silo.Service<ClusterCredential>());
        using var other = new MasterKey(new byte[32]);
        object? shown = forgery switch
        {
            "none" => null,
            "empty" => "",
            "short" => right[..^1],
            "other type" => right.ToCharArray(),
            "other environment" => Shown(new(silo.Service<MasterKey>(), "platform-production", "platform-production")),
            "other master key" => Shown(new(other, cluster.ServiceId, cluster.ClusterId)),
            _ => right.Replace(right[20], right[20] == 'A' ? 'B' : 'A'),
        };
        caller.Forge = () =>
        {
            RequestContext.Clear();
            if (shown is not null) RequestContext.Set(ClusterCredential.ContextKey, shown);
        };
        await GrainReferences.Call(reference, method);
    }

    private static string Shown(ClusterCredential capability)
    {
        var before = RequestContext.Get(ClusterCredential.ContextKey);
        capability.Present();
        var shown = (string)RequestContext.Get(ClusterCredential.ContextKey)!;
        if (before is null) RequestContext.Remove(ClusterCredential.ContextKey);
        else RequestContext.Set(ClusterCredential.ContextKey, before);
        return shown;
    }

    /// <summary>The metric of refused calls, and when it has come to a number.</summary>
    private sealed class DeniedCalls(SiloHost silo) : IDisposable
    {
        private readonly MetricCollector<long> _collector = new(silo.Service<IMeterFactory>(), PlatformMetrics.MeterName, "platform.grain.calls_denied");

        public async Task ReachAsync(int calls)
        {
            await _collector.WaitForMeasurementsAsync(calls, TimeSpan.FromSeconds(10));
            _collector.GetMeasurementSnapshot(clear: true).Sum(measured => measured.Value).ShouldBe(calls);
        }

        public void Dispose() => _collector.Dispose();
    }
}
