using System.Collections.Concurrent;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class FilterFixture : SiloFixture
{
    public ConcurrentQueue<string> Seen { get; } = new();

    protected override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        silo.AddOutgoingGrainCallFilter(async context =>
        {
            if (context.InterfaceMethod.DeclaringType == typeof(IContextGrain))
            {
                Seen.Enqueue($"out {context.MethodName} to {context.TargetId} from {context.SourceId?.ToString() ?? "nobody"}");
                RequestContext.Set("outgoing", "set by filter");
            }

            await context.Invoke();
        });
        silo.AddIncomingGrainCallFilter<LoudFilter>();
        silo.AddIncomingGrainCallFilter(async context =>
        {
            if (context.InterfaceMethod.DeclaringType == typeof(IContextGrain))
            {
                Seen.Enqueue($"in {context.ImplementationMethod.DeclaringType!.Name}.{context.MethodName} at {context.TargetContext.GrainId}");
            }

            await context.Invoke();
        });
    }

    /// <summary>Changes an argument, replaces a result, translates a failure.</summary>
    public sealed class LoudFilter : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            ArgumentNullException.ThrowIfNull(context);
            if (context.InterfaceMethod.Name == nameof(IContextGrain.Shout) && context.Request.GetArgument(0) is "quiet")
            {
                context.Request.SetArgument(0, "changed");
            }

            try
            {
                await context.Invoke();
            }
            catch (InvalidOperationException exception) when (exception.Message == "inside")
            {
                throw new RefusedException("translated", exception) { Code = 9 };
            }

            if (context.Result is "REPLACE")
            {
                context.Result = "replaced";
            }
        }
    }
}

public sealed class FilterTests(FilterFixture silo) : IClassFixture<FilterFixture>
{
    private readonly string _key = SiloFixture.NewKey();

    private IContextGrain Grain => silo.Grains.GetGrain<IContextGrain>(_key);

    [Fact]
    public async Task Filters_OfACall_SeeWhoCallsWhat()
    {
        await Grain.Shout("x");
        var id = Grain.GetGrainId().ToString();
        silo.Seen.ShouldContain(line => line.StartsWith($"out Shout to {id} from ", StringComparison.Ordinal));
        silo.Seen.ShouldContain($"in ContextGrain.Shout at {id}");
    }

    [Fact]
    public async Task OutgoingFilter_OfAGrainsCall_KnowsTheSource()
    {
        var other = silo.Grains.GetGrain<IContextGrain>(_key + "other");
        await Grain.ReadThrough(other, "k");
        silo.Seen.ShouldContain($"out Read to {other.GetGrainId()} from {Grain.GetGrainId()}");
    }

    [Fact]
    public async Task OutgoingFilter_SettingContext_IsSeenByTheGrainAndNotByTheCaller()
    {
        (await Grain.Read("outgoing")).ShouldBe("set by filter");
        RequestContext.Get("outgoing").ShouldBeNull();
    }

    [Fact]
    public async Task IncomingFilter_ChangingAnArgument_ChangesTheCall() => (await Grain.Shout("quiet")).ShouldBe("CHANGED");

    [Fact]
    public async Task IncomingFilter_ReplacingTheResult_IsWhatTheCallerGets() => (await Grain.Shout("replace")).ShouldBe("replaced");

    [Fact]
    public async Task GrainFilter_WithoutInvoke_AnswersItself() => (await Grain.Shout("filtered")).ShouldBe("by the grain");

    [Fact]
    public async Task IncomingFilter_TranslatingAnException_IsWhatTheCallerGets()
        => (await Should.ThrowAsync<RefusedException>(Grain.Fail())).Code.ShouldBe(9);
}
