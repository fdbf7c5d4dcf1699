using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Calls;

/// <summary>A call on its way through the outgoing filters. A filter may invoke it more than once.</summary>
internal sealed class OutgoingCall<T>(CallRouter router, IOutgoingGrainCallFilter[] filters, GrainReference grain, RequestBase request) : IOutgoingGrainCallContext
{
    private int _stage;

    public IInvokable Request => request;

    public object Grain => grain;

    public IGrainContext? SourceContext { get; } = RuntimeContext.Current;

    public GrainId? SourceId => SourceContext?.GrainId;

    public GrainId TargetId => grain.GrainId;

    public GrainInterfaceType InterfaceType => grain.InterfaceType;

    public string InterfaceName => request.GetInterfaceName();

    public string MethodName => request.GetMethodName();

    public MethodInfo InterfaceMethod => request.GetMethod();

    public Response? Response { get; set; }

    public object? Result { get => Response?.Result; set => Response = Response.FromResult(value); }

    public static async Task<T> SendAsync(CallRouter router, IOutgoingGrainCallFilter[] filters, GrainReference grain, RequestBase request)
    {
        // What filters set flows with this call and is taken back after it.
        var values = RequestContext.Current;
        var call = new OutgoingCall<T>(router, filters, grain, request);
        try
        {
            await call.Invoke();
        }
        finally
        {
            RequestContext.Current = values;
        }

        return call.Response is { } response ? response.GetResult<T>()! : default!;
    }

    public async Task Invoke()
    {
        var stage = _stage++;
        try
        {
            if (stage < filters.Length)
            {
                await filters[stage].Invoke(this);
                return;
            }

            Response = Response.FromResult(await router.SendUnfiltered<T>(grain, request));
        }
        finally
        {
            _stage = stage;
        }
    }
}
