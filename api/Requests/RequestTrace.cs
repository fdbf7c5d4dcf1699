using System.Diagnostics;

namespace Platform.Api.Requests;

/// <summary>The trace of a request, by which its answer, its log lines and its entries in the access log are found together.</summary>
internal sealed record RequestTrace(string Id)
{
    /// <summary>Also where nobody listens to traces.</summary>
    public static string IdOf(HttpContext context)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity) return activity.TraceId.ToHexString();
        if (context.Features.Get<RequestTrace>() is { } known) return known.Id;
        var id = ActivityContext.TryParse(context.Request.Headers.TraceParent, traceState: null, out var parent) ? parent.TraceId : ActivityTraceId.CreateRandom();
        var trace = new RequestTrace(id.ToHexString());
        context.Features.Set(trace);
        return trace.Id;
    }
}
