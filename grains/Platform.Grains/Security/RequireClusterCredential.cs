using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Platform.Telemetry;

namespace Platform.Security;

/// <summary>
/// Runs before every call of every grain and refuses those without the credential of this cluster (threat T81, decision 0029). Denies by default: there is no list of
/// grains that could be forgotten.
/// </summary>
/// <remarks>An activation may have been made, and have read its state, before this runs. It has changed nothing.</remarks>
internal sealed partial class RequireClusterCredential(ClusterCredential capability, PlatformMetrics metrics, ILogger<RequireClusterCredential> logger) : IIncomingGrainCallFilter
{
    private const int MaxSourcesTold = 100;

    private readonly ConcurrentDictionary<string, byte> _told = new();
    private long _denied;

    /// <summary>Since the start; the metric <c>platform.grain.calls_denied</c> counts the same.</summary>
    public long DeniedCalls => Interlocked.Read(ref _denied);

    public Task Invoke(IIncomingGrainCallContext context) => capability.IsPresented() || IsOfTheRuntime(context) ? context.Invoke() : Deny(context);

    /// <summary>
    /// Let in without the credential, by what they are: ticks of an activation's own timers, and calls of system targets, which are Orleans' own and decide themselves whom
    /// they answer.
    /// </summary>
    private static bool IsOfTheRuntime(IIncomingGrainCallContext context) => context.TargetId.IsSystemTarget() || IsOwnTimer(context);

    /// <summary>
    /// The request of a tick is an object of Orleans' that holds the timer. No serializer writes or reads it, so none comes from outside; a call of the same interface through
    /// a reference has another type.
    /// </summary>
    private static bool IsOwnTimer(IIncomingGrainCallContext context) =>
        context.SourceId is { } source && source.Equals(context.TargetId) && context.Request.GetType() is { FullName: "Orleans.Runtime.GrainTimer+TimerTickInvoker" } tick
        && tick.Assembly.GetName().Name == "Orleans.Runtime";

    private Task Deny(IIncomingGrainCallContext context)
    {
        Interlocked.Increment(ref _denied);
        metrics.GrainCallDenied(RequestContext.Get(ClusterCredential.ContextKey) is null ? "missing" : "wrong");

        // Of a grain only its kind: keys can hold names.
        var source = context.SourceId is { } id ? id.IsClient() ? id.ToString() : id.Type.ToString()! : "unknown";
        if (_told.Count < MaxSourcesTold && _told.TryAdd(source, 0)) Denied(logger, source, context.InterfaceName, context.MethodName);
        return Task.FromException(new CallDeniedException());
    }

    [LoggerMessage(EventName = "GrainCallDenied", Level = LogLevel.Warning,
        Message = "{Source} called {Interface}.{Method} without the credential of this cluster and was refused. Logged once for each source; the metric platform.grain.calls_denied counts all")]
    private static partial void Denied(ILogger logger, string source, string @interface, string method);
}
