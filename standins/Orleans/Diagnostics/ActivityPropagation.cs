using System.Diagnostics;
using Orleans.Runtime;

namespace Orleans.Diagnostics;

/// <summary>One activity where a call is made and one where it arrives, the second below the first.</summary>
internal abstract class ActivityPropagation
{
    protected static ActivitySource SourceOf(IGrainCallContext context) => context.Request.GetInterfaceType().Namespace is { } name && name.StartsWith("Orleans", StringComparison.Ordinal)
        ? ActivitySources.RuntimeGrainSource
        : ActivitySources.ApplicationGrainSource;

    protected static async Task Run(IGrainCallContext context, Activity activity)
    {
        using (activity)
        {
            activity.SetTag(ActivityTags.RpcSystem, "orleans");
            activity.SetTag(ActivityTags.RpcService, context.InterfaceName);
            activity.SetTag(ActivityTags.RpcMethod, $"{context.InterfaceName}/{context.MethodName}");
            if (activity.IsAllDataRequested)
            {
                activity.SetTag(ActivityTags.RpcTargetId, context.TargetId.ToString());
                if (context.SourceId is { } source)
                {
                    activity.SetTag(ActivityTags.RpcSourceId, source.ToString());
                }
            }

            try
            {
                await context.Invoke();
            }
            catch (Exception exception)
            {
                if (activity.IsAllDataRequested)
                {
                    activity.SetStatus(ActivityStatusCode.Error);
                    activity.SetTag(ActivityTags.ExceptionType, exception.GetType().FullName);
                    activity.SetTag(ActivityTags.ExceptionMessage, exception.Message);
                    activity.SetTag(ActivityTags.ExceptionStacktrace, exception.ToString());
                    activity.SetTag(ActivityTags.ExceptionEscaped, value: true);
                }

                throw;
            }
        }
    }
}

internal sealed class OutgoingActivityPropagation(DistributedContextPropagator propagator) : ActivityPropagation, IOutgoingGrainCallFilter
{
    public Task Invoke(IOutgoingGrainCallContext context)
    {
        var activity = SourceOf(context).StartActivity(context.Request.GetActivityName(), ActivityKind.Client);
        if (activity is null)
        {
            return context.Invoke();
        }

        propagator.Inject(activity, null, static (_, key, value) => RequestContext.Set(key, value));
        return Run(context, activity);
    }
}

internal sealed class IncomingActivityPropagation(DistributedContextPropagator propagator) : ActivityPropagation, IIncomingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context)
    {
        propagator.ExtractTraceIdAndState(null, Read, out var parent, out var state);
        var source = SourceOf(context);
        var name = context.Request.GetActivityName();
        var activity = ActivityContext.TryParse(parent, state, isRemote: true, out var remote)
            ? source.CreateActivity(name, ActivityKind.Server, remote)
            : source.CreateActivity(name, ActivityKind.Server);
        if (activity is null)
        {
            return context.Invoke();
        }

        foreach (var (key, value) in propagator.ExtractBaggage(null, Read) ?? [])
        {
            activity.AddBaggage(key, value);
        }

        return Run(context, activity.Start());
    }

    private static void Read(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        value = RequestContext.Get(name) as string;
        values = null;
    }
}
