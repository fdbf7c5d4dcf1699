using System.Diagnostics;
using Orleans.Activation;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace Orleans.Calls;

internal enum CallState : byte
{
    Waiting,
    Running,
    Ended,
}

/// <summary>One call on its way: what is asked of whom, and where the answer goes.</summary>
internal abstract class CallMessage(RequestBase request, GrainId target)
{
    private volatile CallState _state;

    public RequestBase Request { get; } = request;

    public GrainId Target { get; } = target;

    public GrainActivation? Source { get; init; }

    /// <summary>The call that the calling grain was serving, which links chains of calls.</summary>
    public CallMessage? Parent { get; init; }

    public Dictionary<string, object>? Context { get; init; }

    /// <summary>The activation in which the call waits or runs.</summary>
    public GrainActivation? Activation { get; set; }

    public CallState State { get => _state; set => _state = value; }

    /// <summary>A timer tick: dropped, never sent on, when its activation ends.</summary>
    public virtual bool IsLocal => false;

    public virtual bool AlwaysInterleave => Request.Descriptor.AlwaysInterleave;

    public virtual bool KeepsAlive => true;

    public virtual bool IsReadOnly => Request.Descriptor.ReadOnly;

    public bool OneWay => Request.Descriptor.OneWay;

    public long SentAt { get; } = Stopwatch.GetTimestamp();

    public TimeSpan Timeout { get; init; }

    public int Forwards { get; set; }

    // Links of InFlightCalls.
    public CallMessage? Previous { get; set; }

    public CallMessage? Next { get; set; }

    public int Stripe { get; set; } = -1;

    /// <summary>Whether the caller already has an answer, so that the call need not start.</summary>
    public abstract bool IsAnswered { get; }

    public abstract void Complete(Response response);

    public abstract void Fail(Exception exception);

    public virtual void SignalCancellation()
    {
    }

    public override string ToString() => $"{Source?.GrainId.ToString() ?? "client"} -> {Target} {Request}";
}

/// <inheritdoc cref="CallMessage"/>
internal sealed class CallMessage<T>(RequestBase request, GrainId target, CallRouter router) : CallMessage(request, target)
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _calleeToken;
    private CancellationTokenRegistration _registration;

    public Task<T> Answer => _answer.Task;

    public override bool IsAnswered => _answer.Task.IsCompleted;

    /// <summary>Gives the callee a token of its own, cancelled in one of its turns when the caller's is.</summary>
    public void LinkCancellation(CancellationToken caller)
    {
        _calleeToken = new CancellationTokenSource();
        Request.SetCancellationToken(_calleeToken.Token);
        _registration = caller.UnsafeRegister(static (state, token) => ((CallMessage<T>)state!).OnCancelled(token), this);
    }

    public override void Complete(Response response)
    {
        if (response.Exception is { } exception)
        {
            Fail(exception);
            return;
        }

        if (IsAnswered)
        {
            router.InFlight.Remove(this);
            return;
        }

        T result;
        try
        {
            var value = response is Response<T> typed ? typed.TypedResult : response.GetResult<T>();
            result = Request.Descriptor.ResultIsImmutable ? value! : Copier<T>.Copy(value!);
        }
        catch (Exception unsendable)
        {
            Fail(unsendable);
            return;
        }

        End();
        _answer.TrySetResult(result);
    }

    public override void Fail(Exception exception)
    {
        End();
        if (OneWay)
        {
            router.OneWayFailed(this, exception);
            _answer.TrySetResult(default!);
            return;
        }

        if (exception is OperationCanceledException cancelled)
        {
            _answer.TrySetCanceled(cancelled.CancellationToken);
        }
        else
        {
            _answer.TrySetException(router.Exceptions.Crossing(exception));
        }
    }

    public override void SignalCancellation()
    {
        if (_calleeToken is not { IsCancellationRequested: false } source)
        {
            return;
        }

        if (Activation is { } activation)
        {
            activation.QueueAction(static state => ((CancellationTokenSource)state).Cancel(), source);
        }
        else
        {
            source.Cancel();
        }
    }

    private void OnCancelled(CancellationToken token)
    {
        SignalCancellation();
        if (!router.WaitForCancellationAcknowledgement && _answer.TrySetCanceled(token))
        {
            End();
        }
    }

    private void End()
    {
        router.InFlight.Remove(this);
        _registration.Unregister();
    }
}
