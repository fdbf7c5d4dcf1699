using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Platform.Grains.Tests.Security;

/// <summary>A call that does nothing, for filters.</summary>
internal sealed class EmptyCall : IIncomingGrainCallContext, IOutgoingGrainCallContext
{
    public int Invoked { get; private set; }

    public IInvokable Request => throw new NotSupportedException();

    public object Grain => this;

    public GrainId? SourceId => null;

    public IGrainContext? SourceContext => null;

    public IGrainContext TargetContext => throw new NotSupportedException();

    public GrainId TargetId => default;

    public GrainInterfaceType InterfaceType => default;

    public string InterfaceName => "";

    public string MethodName => "";

    public MethodInfo InterfaceMethod => throw new NotSupportedException();

    public MethodInfo ImplementationMethod => throw new NotSupportedException();

    public object? Result { get; set; }

    public Response? Response { get; set; }

    public Task Invoke()
    {
        Invoked++;
        return Task.CompletedTask;
    }
}
