using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Calls;

/// <summary>A call of one method; for each method a class with a field per argument is generated.</summary>
internal abstract class RequestBase : IInvokable
{
    public abstract MethodDescriptor Descriptor { get; }

    /// <summary>The caller's token, kept because the argument is replaced by one that is cancelled within a turn of the callee.</summary>
    public CancellationToken CallerToken { get; set; }

    protected object? Target { get; private set; }

    public virtual bool IsCancellable => false;

    public object? GetTarget() => Target;

    public void SetTarget(ITargetHolder holder) => Target = holder.GetTarget();

    public void SetTarget(object? target) => Target = target;

    public abstract ValueTask<Response> Invoke();

    public virtual int GetArgumentCount() => 0;

    public virtual object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public virtual void SetArgument(int index, object value) => throw new ArgumentOutOfRangeException(nameof(index));

    public virtual CancellationToken GetCancellationToken() => default;

    public virtual void SetCancellationToken(CancellationToken token)
    {
    }

    public virtual string GetMethodName() => Descriptor.Method.Name;

    public virtual string GetInterfaceName() => Descriptor.InterfaceName;

    public virtual string GetActivityName() => Descriptor.ActivityName;

    public virtual MethodInfo GetMethod() => Descriptor.Method;

    public virtual Type GetInterfaceType() => Descriptor.Interface;

    public TimeSpan? GetDefaultResponseTimeout() => Descriptor.ResponseTimeout;

    public void Dispose()
    {
    }

    public override string ToString() => $"{GetInterfaceName()}.{GetMethodName()}";
}

internal abstract class TaskRequest : RequestBase
{
    public sealed override async ValueTask<Response> Invoke()
    {
        await InvokeInner();
        return Response.Completed;
    }

    protected abstract Task InvokeInner();
}

internal abstract class TaskRequest<T> : RequestBase
{
    public sealed override async ValueTask<Response> Invoke() => Response.FromResult(await InvokeInner());

    protected abstract Task<T> InvokeInner();
}

internal abstract class ValueTaskRequest : RequestBase
{
    public sealed override async ValueTask<Response> Invoke()
    {
        await InvokeInner();
        return Response.Completed;
    }

    protected abstract ValueTask InvokeInner();
}

internal abstract class ValueTaskRequest<T> : RequestBase
{
    public sealed override async ValueTask<Response> Invoke() => Response.FromResult(await InvokeInner());

    protected abstract ValueTask<T> InvokeInner();
}

internal abstract class VoidRequest : RequestBase
{
    public sealed override ValueTask<Response> Invoke()
    {
        InvokeInner();
        return new(Response.Completed);
    }

    protected abstract void InvokeInner();
}

internal abstract class StreamRequest<T> : RequestBase
{
    public sealed override ValueTask<Response> Invoke() => throw new NotSupportedException("A stream is read through its steps.");

    public IAsyncEnumerable<T> Open(object? target)
    {
        SetTarget(target);
        return InvokeInner();
    }

    protected abstract IAsyncEnumerable<T> InvokeInner();
}
