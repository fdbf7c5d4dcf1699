using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Orleans.Activation;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Calls;

/// <summary>A call on its way through the incoming filters, the grain's own last.</summary>
internal sealed class IncomingCall(CallMessage message, GrainActivation activation, IIncomingGrainCallFilter[] filters) : IIncomingGrainCallContext
{
    private static readonly ConcurrentDictionary<(Type Class, MethodInfo Method), MethodInfo> Implementations = new();

    private int _stage;

    public IInvokable Request => message.Request;

    public object Grain => activation.GrainInstance!;

    public IGrainContext TargetContext => activation;

    public GrainId? SourceId => message.Source?.GrainId;

    public GrainId TargetId => message.Target;

    public GrainInterfaceType InterfaceType => message.Request.Descriptor.InterfaceType;

    public string InterfaceName => message.Request.GetInterfaceName();

    public string MethodName => message.Request.GetMethodName();

    public MethodInfo InterfaceMethod => message.Request.GetMethod();

    public MethodInfo ImplementationMethod => Implementations.GetOrAdd((Grain.GetType(), InterfaceMethod), static key => Implementation(key.Class, key.Method));

    public Response? Response { get; set; }

    public object? Result { get => Response?.Result; set => Response = Response.FromResult(value); }

    public async Task Invoke()
    {
        var stage = _stage++;
        try
        {
            if (stage < filters.Length)
            {
                await filters[stage].Invoke(this);
            }
            else if (stage == filters.Length && Grain is IIncomingGrainCallFilter own)
            {
                await own.Invoke(this);
            }
            else
            {
                Response = await message.Request.Invoke();
                if (Response.Exception is { } exception)
                {
                    ExceptionDispatchInfo.Throw(exception);
                }
            }
        }
        catch (Exception exception)
        {
            Response = Response.FromException(exception);
            throw;
        }
        finally
        {
            _stage = stage;
        }
    }

    private static MethodInfo Implementation(Type grainClass, MethodInfo method)
    {
        if (!method.DeclaringType!.IsAssignableFrom(grainClass))
        {
            return method;
        }

        var map = grainClass.GetInterfaceMap(method.DeclaringType);
        return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, method)];
    }
}
