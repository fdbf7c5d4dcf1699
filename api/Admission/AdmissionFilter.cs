using System.Globalization;
using Platform.Api.Requests;

namespace Platform.Api.Admission;

/// <summary>Around a handler: it runs when its class has a place.</summary>
internal static class AdmissionFilter
{
    public static ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext call, CallClass @class, EndpointFilterDelegate next)
    {
        var admission = call.HttpContext.RequestServices.GetRequiredService<AdmissionControl>();
        var lane = admission.Of(@class);
        return lane.TryEnter() ? RunAsync(call, lane, next) : WaitAsync(call, @class, admission, lane, next);
    }

    private static async ValueTask<object?> WaitAsync(
        EndpointFilterInvocationContext call, CallClass @class, AdmissionControl admission, AdmissionLane lane, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        var refusal = await lane.EnterAsync(WideNetworkOf(context), context.Request.RouteValues["tenant"] as string ?? "", context.RequestAborted);
        return refusal == AdmissionRefusal.None ? await RunAsync(call, lane, next) : admission.Refuse(@class, refusal);
    }

    private static async ValueTask<object?> RunAsync(EndpointFilterInvocationContext call, AdmissionLane lane, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        finally
        {
            lane.Leave();
        }
    }

    private static string WideNetworkOf(HttpContext context) => ClientAddress.WideNetwork(context.Connection.RemoteIpAddress).ToString("x", CultureInfo.InvariantCulture);
}
