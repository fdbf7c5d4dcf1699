using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class HostingFixture : SiloFixture
{
    public ConcurrentQueue<string> Seen { get; } = new();

    protected override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        silo.AddActivityPropagation();
        silo.AddStartupTask(async (services, _) => Seen.Enqueue(
            await services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>("startup").Echo("startup task called a grain")));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Participant(Seen));
    }

    private sealed class Participant(ConcurrentQueue<string> seen) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle)
        {
            lifecycle.Subscribe("late", ServiceLifecycleStage.Active + 1, Note("after active"));
            lifecycle.Subscribe("early", ServiceLifecycleStage.RuntimeInitialize, Note("before services"));
            lifecycle.Subscribe("services", ServiceLifecycleStage.ApplicationServices, Note("services"));
        }

        private Func<CancellationToken, Task> Note(string text) => _ =>
        {
            seen.Enqueue(text);
            return Task.CompletedTask;
        };
    }
}

public sealed class HostingTests(HostingFixture silo) : IClassFixture<HostingFixture>
{
    [Fact]
    public void Start_RunsLifecycleStagesInOrderAndThenStartupTasks()
        => silo.Seen.ShouldBe(["before services", "services", "startup task called a grain", "after active"]);

    [Fact]
    public void Services_OfTheHost_HoldFactoryAndClient()
    {
        silo.Services.GetRequiredService<IGrainFactory>().ShouldNotBeNull();
        silo.Services.GetRequiredService<IClusterClient>().ShouldNotBeNull();
        silo.Services.GetRequiredService<ILocalSiloDetails>().ClusterId.ShouldBe("default");
    }

    [Fact]
    public async Task Call_WithinATrace_IsPartOfItOnBothSides()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Microsoft.Orleans.Application" or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        ActivityTraceId trace;
        using (var root = source.StartActivity("request"))
        {
            trace = root!.TraceId;
            await silo.Grains.GetGrain<IEchoGrain>("traced").Echo("x");
        }

        var calls = activities.Where(a => a.TraceId == trace && a.OperationName.EndsWith("/Echo", StringComparison.Ordinal)).ToList();
        var client = calls.Single(a => a.Kind == ActivityKind.Client);
        var server = calls.Single(a => a.Kind == ActivityKind.Server);
        client.OperationName.ShouldBe("IEchoGrain/Echo");
        server.ParentSpanId.ShouldBe(client.SpanId);
        client.GetTagItem("rpc.system.name").ShouldBe("orleans");
        client.GetTagItem("orleans.rpc.target_id").ShouldBe("echo/traced");
        client.GetTagItem("orleans.rpc.service").ShouldBe(typeof(IEchoGrain).FullName);
        client.GetTagItem("rpc.method").ShouldBe($"{typeof(IEchoGrain).FullName}/Echo");
    }

    [Fact]
    public async Task Meter_OfOrleans_CountsActivations()
    {
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Microsoft.Orleans" && instrument.Name == "orleans-catalog-activation-created")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => created.TrySetResult());
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => created.TrySetResult());
        listener.Start();
        await silo.Grains.GetGrain<IEchoGrain>(SiloFixture.NewKey()).Echo("x");
        listener.RecordObservableInstruments();
        await created.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
