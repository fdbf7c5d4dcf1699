using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Activation;
using Orleans.Calls;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Timers;

/// <summary>Stands for ticks where a call needs an interface method.</summary>
internal interface IGrainTimerInvoker
{
    Task InvokeCallbackAsync();
}

internal sealed class TimerRegistry([FromKeyedServices(TimeProviderNames.Grains)] TimeProvider time, ILogger<TimerRegistry> logger) : ITimerRegistry
{
    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(grainContext);
        ArgumentNullException.ThrowIfNull(callback);
        if (RuntimeContext.Current is null)
        {
            throw new InvalidSchedulingContextException("Current grain context is null. A grain timer is created within a turn of its grain, not inside Task.Run.");
        }

        if (!ReferenceEquals(RuntimeContext.Current, grainContext))
        {
            throw new InvalidOperationException("Current grain context differs from specified grain context.");
        }

        var timer = new GrainTimer<TState>((GrainActivation)grainContext, time, logger, options, callback, state);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }
}

/// <summary>A timer whose ticks are calls of its own activation; the next tick is set when one has ended.</summary>
internal sealed partial class GrainTimer<TState> : RequestBase, IGrainTimer
{
    private static readonly MethodDescriptor Ticks = new(
        typeof(IGrainTimerInvoker).GetMethod(nameof(IGrainTimerInvoker.InvokeCallbackAsync))!, GrainInterfaceType.Create(nameof(IGrainTimerInvoker)));

    private readonly GrainActivation _activation;
    private readonly ILogger _logger;
    private readonly GrainTimerCreationOptions _options;
    private readonly Func<TState, CancellationToken, Task> _callback;
    private readonly TState _state;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _firing;
    private bool _changed;

    public GrainTimer(
        GrainActivation activation, TimeProvider time, ILogger logger, GrainTimerCreationOptions options, Func<TState, CancellationToken, Task> callback, TState state)
    {
        (_activation, _logger, _options, _callback, _state) = (activation, logger, options, callback, state);
        activation.OnTimerCreated(this);
        using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(static timer => ((GrainTimer<TState>)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public override MethodDescriptor Descriptor => Ticks;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
        (_dueTime, _period, _changed) = (dueTime, period, true);
        if (!_firing)
        {
            SetNext(dueTime);
        }
    }

    public override async ValueTask<Response> Invoke()
    {
        _changed = false;
        try
        {
            if (!_disposed.IsCancellationRequested)
            {
                await _callback(_state, _disposed.Token);
            }
        }
        catch (Exception exception)
        {
            LogTickFailed(_logger, _activation.GrainId, exception);
        }
        finally
        {
            _firing = false;
            SetNext(_changed ? _dueTime : _period);
        }

        return Response.Completed;
    }

    void IDisposable.Dispose()
    {
        _disposed.Cancel();
        _timer.Dispose();
        _activation.OnTimerDisposed(this);
    }

    private static void Validate(TimeSpan value, string name)
    {
        var milliseconds = (long)value.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, 0xfffffffe, name);
    }

    private void Fire()
    {
        _firing = true;
        _activation.TryReceive(new Tick(this, _activation.GrainId, _options));
    }

    private void SetNext(TimeSpan time)
    {
        if (!_disposed.IsCancellationRequested)
        {
            _timer.Change(time, Timeout.InfiniteTimeSpan);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "GrainTimerFailed", Message = "A timer of {GrainId} failed; it goes on")]
    private static partial void LogTickFailed(ILogger logger, GrainId grainId, Exception exception);

    private sealed class Tick(RequestBase timer, GrainId grain, GrainTimerCreationOptions options) : CallMessage(timer, grain)
    {
        public override bool IsLocal => true;

        public override bool AlwaysInterleave => options.Interleave;

        public override bool KeepsAlive => options.KeepAlive;

        public override bool IsReadOnly => false;

        public override bool IsAnswered => false;

        public override void Complete(Response response)
        {
        }

        public override void Fail(Exception exception)
        {
        }
    }
}
