using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Calls;
using Orleans.Diagnostics;
using Orleans.Runtime;

namespace Orleans.Activation;

/// <summary>How an activation begins and ends.</summary>
internal sealed partial class GrainActivation
{
    private bool _endRequested;

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (Gate)
        {
            if (_state is ActivationState.Deactivating or ActivationState.Ended || _endRequested)
            {
                return;
            }

            More.Reason = deactivationReason;
            if (_state is ActivationState.New or ActivationState.Activating)
            {
                _endRequested = true;
                return;
            }

            _state = ActivationState.Deactivating;
            EndWhenIdle();
        }
    }

    public void DelayDeactivation(TimeSpan time) => More.KeepUntil = time <= TimeSpan.Zero
        ? DateTimeOffset.MinValue
        : time >= TimeSpan.FromDays(3650) ? DateTimeOffset.MaxValue : shared.All.Time.GetUtcNow() + time;

    /// <summary>Begins to end this activation if it has been idle long enough.</summary>
    public bool TryCollect(TimeSpan? age)
    {
        lock (Gate)
        {
            if (_state != ActivationState.Valid || _running > 0 || _waiting is not null
                || (age ?? shared.CollectionAge) is not { } limit
                || (age is not null && shared.CollectionAge is null)
                || shared.All.Time.GetElapsedTime(_lastUsed) < limit
                || _extras?.KeepUntil > shared.All.Time.GetUtcNow())
            {
                return false;
            }
        }

        Deactivate(new(DeactivationReasonCode.ActivationIdle, "The activation was idle."));
        return true;
    }

    public void OnTimerCreated(IDisposable timer)
    {
        lock (Gate)
        {
            (More.Timers ??= []).Add(timer);
        }
    }

    public void OnTimerDisposed(IDisposable timer)
    {
        lock (Gate)
        {
            _extras?.Timers?.Remove(timer);
        }
    }

    private async Task ActivateAsync()
    {
        try
        {
            using var activity = ActivitySources.LifecycleGrainSource.StartActivity("activate grain");
            activity?.SetTag(ActivityTags.GrainId, GrainId.ToString());
            using var timeout = new CancellationTokenSource(shared.All.Collection.ActivationTimeout, shared.All.Time);
            _scope = shared.All.Services.CreateAsyncScope();
            GrainInstance = shared.Class.Create(this);
            if (_extras is { Lifecycle.IsUsed: true } extras)
            {
                await extras.Lifecycle.OnStart(timeout.Token);
            }

            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(timeout.Token);
            }

            shared.Counted(1);
            lock (Gate)
            {
                _lastUsed = shared.All.Time.GetTimestamp();
                _state = _endRequested ? ActivationState.Deactivating : ActivationState.Valid;
                if (_endRequested)
                {
                    EndWhenIdle();
                }
                else
                {
                    StartWaiting();
                }
            }
        }
        catch (Exception exception)
        {
            LogActivationFailed(shared.All.Logger, GrainId, exception);
            RuntimeInstruments.ActivationFailed();
            await DisposeGrainAsync();
            foreach (var waiting in End())
            {
                waiting.Fail(exception);
            }
        }
    }

    private void EndWhenIdle()
    {
        if (_running == 0 && _state == ActivationState.Deactivating && !_ending)
        {
            _ending = true;
            StartTurn(static self => _ = ((GrainActivation)self!).DeactivateAsync(), this);
        }
    }

    private bool _ending;

    private async Task DeactivateAsync()
    {
        var reason = More.Reason;
        using var activity = ActivitySources.LifecycleGrainSource.StartActivity("deactivate grain");
        activity?.SetTag(ActivityTags.GrainId, GrainId.ToString());
        activity?.SetTag(ActivityTags.DeactivationReason, reason.ToString());
        try
        {
            DisposeTimers();
            using var timeout = new CancellationTokenSource(shared.All.Collection.DeactivationTimeout, shared.All.Time);
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnDeactivateAsync(reason, timeout.Token).WaitAsync(timeout.Token);
            }

            if (_extras is { Lifecycle.IsUsed: true } extras)
            {
                await extras.Lifecycle.OnStop(timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(shared.All.Logger, GrainId, exception);
        }

        await DisposeGrainAsync();
        shared.Counted(-1);
        foreach (var waiting in End())
        {
            SendOn(waiting);
        }
    }

    /// <summary>Leaves the directory; what has not started is handed back.</summary>
    private List<CallMessage> End()
    {
        List<CallMessage> left;
        lock (Gate)
        {
            _state = ActivationState.Ended;
            left = _waiting ?? [];
            _waiting = null;
        }

        if (pool is null)
        {
            shared.Directory.Remove(GrainId, this);
        }
        else
        {
            pool.Remove(this);
        }

        More.Ended.TrySetResult();
        return left;
    }

    private void SendOn(CallMessage message)
    {
        message.Activation = null;
        if (message.IsLocal)
        {
            return;
        }

        // A grain that ends before it served anything would hand its calls on for ever.
        if (!_served && ++message.Forwards > shared.All.Messaging.MaxForwardCount)
        {
            message.Fail(new OrleansMessageRejectionException($"{GrainId} deactivates before it serves a call ({More.Reason.Description})."));
            return;
        }

        shared.All.Router.Dispatch(message);
    }

    private void DisposeTimers()
    {
        IDisposable[] timers;
        lock (Gate)
        {
            timers = _extras?.Timers?.ToArray() ?? [];
        }

        Array.ForEach(timers, static timer => timer.Dispose());
    }

    private async Task DisposeGrainAsync()
    {
        try
        {
            DisposeTimers();
            switch (GrainInstance)
            {
                case IAsyncDisposable asynchronous:
                    await asynchronous.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }

            if (_scope is { } scope)
            {
                await scope.DisposeAsync();
            }
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(shared.All.Logger, GrainId, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "ActivationFailed", Message = "Could not activate {GrainId}")]
    private static partial void LogActivationFailed(ILogger logger, GrainId grainId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, EventName = "DeactivationFailed", Message = "Error while deactivating {GrainId}")]
    private static partial void LogDeactivationFailed(ILogger logger, GrainId grainId, Exception exception);
}
