using Microsoft.Extensions.DependencyInjection;
using Orleans.Calls;
using Orleans.Diagnostics;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Orleans.Storage;

namespace Orleans.Activation;

internal enum ActivationState : byte
{
    New,
    Activating,
    Valid,
    Deactivating,
    Ended,
}

/// <summary>One activation: which calls wait, which run, and how it begins and ends.</summary>
internal sealed partial class GrainActivation(GrainId id, GrainClassShared shared, StatelessWorkerPool? pool) : TurnScheduler, IGrainContext, ICallTarget
{
    private ActivationState _state;
    private int _running;
    private CallMessage? _blocking;
    private List<CallMessage>? _alsoBlocking;
    private List<CallMessage>? _waiting;
    private bool _served;
    private long _lastUsed = shared.All.Time.GetTimestamp();
    private Extras? _extras;
    private AsyncServiceScope? _scope;

    public GrainId GrainId { get; } = id;

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => (_scope ?? throw new InvalidOperationException($"{GrainId} is not active.")).ServiceProvider;

    public GrainReference GrainReference => shared.All.Router.References.MakeUntyped(GrainId);

    public ActivationId ActivationId => More.Id;

    public IWorkItemScheduler Scheduler => this;

    public IGrainLifecycle ObservableLifecycle => More.Lifecycle;

    public Task Deactivated => More.Ended.Task;

    public GrainClassShared Shared => shared;

    public bool IsActive => _state is ActivationState.Valid or ActivationState.Activating;

    /// <summary>The one call that this activation serves; null when there is none or several, so that a chain cannot be told.</summary>
    public CallMessage? ServedCall => Volatile.Read(ref _running) == 1 ? _blocking : null;

    public int Load => Volatile.Read(ref _running) + (_waiting?.Count ?? 0);

    IEnumerable<GrainActivation> ICallTarget.Activations => _state is ActivationState.New or ActivationState.Ended ? [] : [this];

    protected override IGrainContext Context => this;

    public bool TryReceive(CallMessage message)
    {
        lock (Gate)
        {
            message.Activation = this;
            switch (_state)
            {
                case ActivationState.Ended:
                    message.Activation = null;
                    return false;
                case ActivationState.Valid when MayStart(message):
                    Start(message);
                    return true;
                case ActivationState.Deactivating when message.IsLocal:
                    return true;
            }

            Enqueue(message);
            if (_state == ActivationState.New)
            {
                _state = ActivationState.Activating;
                StartTurn(static self => _ = ((GrainActivation)self!).ActivateAsync(), this);
            }

            return true;
        }
    }

    public object? GetTarget() => GrainInstance;

    public object? GetComponent(Type componentType)
        => _extras?.Components?.GetValueOrDefault(componentType) ?? (componentType.IsInstanceOfType(GrainInstance) ? GrainInstance : null);

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class
    {
        var components = More.Components ??= [];
        if (value is null)
        {
            components.Remove(typeof(TComponent));
        }
        else
        {
            components[typeof(TComponent)] = value;
        }
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => $"[{GrainId} {_state}]";

    public void EnterSection(Guid reentrancyId)
    {
        lock (Gate)
        {
            var sections = More.Sections ??= [];
            sections[reentrancyId] = sections.GetValueOrDefault(reentrancyId) + 1;
            StartWaiting();
        }
    }

    public void LeaveSection(Guid reentrancyId)
    {
        lock (Gate)
        {
            if (More.Sections is { } sections && --sections[reentrancyId] == 0)
            {
                sections.Remove(reentrancyId);
            }
        }
    }

    private Extras More
    {
        get
        {
            if (_extras is null)
            {
                Interlocked.CompareExchange(ref _extras, new Extras(shared.All.Time), null);
            }

            return _extras;
        }
    }

    private void Enqueue(CallMessage message)
    {
        var limit = shared.Class.StatelessWorker is null
            ? shared.All.Messaging.MaxEnqueuedRequestsHardLimit
            : shared.All.Messaging.MaxEnqueuedRequestsHardLimit_StatelessWorker;
        if (limit > 0 && _waiting?.Count >= limit && !message.IsLocal)
        {
            throw new LimitExceededException("MaxEnqueuedRequestsHardLimit", _waiting.Count, limit, GrainId);
        }

        (_waiting ??= []).Add(message);
    }

    private bool MayStart(CallMessage message)
    {
        if (_running == 0 || _blocking is null || message.AlwaysInterleave || shared.Class.IsReentrant)
        {
            return true;
        }

        if (message.IsReadOnly && _blocking.IsReadOnly && (_alsoBlocking is null || _alsoBlocking.TrueForAll(static m => m.IsReadOnly)))
        {
            return true;
        }

        if (_extras?.Sections is { Count: > 0 } sections && RequestContext.IdIn(message.Context) is var id && id != Guid.Empty && sections.ContainsKey(id))
        {
            return true;
        }

        return shared.Class.DecidesInterleaving
            && (shared.Class.MayInterleave(GrainInstance, message.Request) || shared.Class.MayInterleave(GrainInstance, _blocking.Request));
    }

    private void Start(CallMessage message)
    {
        _running++;
        message.State = CallState.Running;
        if (!message.AlwaysInterleave)
        {
            if (_blocking is null)
            {
                _blocking = message;
            }
            else
            {
                (_alsoBlocking ??= []).Add(message);
            }
        }

        StartTurn(static state => _ = ((CallMessage)state!).Activation!.ServeAsync((CallMessage)state), message);
    }

    private void StartWaiting()
    {
        if (_state != ActivationState.Valid || _waiting is null)
        {
            return;
        }

        for (var i = 0; i < _waiting.Count;)
        {
            if (!MayStart(_waiting[i]))
            {
                i++;
                continue;
            }

            var message = _waiting[i];
            _waiting.RemoveAt(i);
            Start(message);
        }

        if (_waiting.Count == 0)
        {
            _waiting = null;
        }
    }

    private async Task ServeAsync(CallMessage message)
    {
        if (message.IsAnswered && shared.All.Messaging.DropExpiredMessages)
        {
            Served(message);
            return;
        }

        var response = await InvokeAsync(message);

        // First the activation is free, then the caller knows: who calls again at once finds it idle. Nothing else runs before this turn ends.
        Served(message);
        message.Complete(response);
    }

    private async ValueTask<Response> InvokeAsync(CallMessage message)
    {
        Response response;
        try
        {
            if (message.Context is not null)
            {
                RequestContext.Current = message.Context;
            }

            message.Request.SetTarget((ITargetHolder)this);
            response = shared.All.Filters.Length == 0 && !shared.Class.HasOwnFilter
                ? await message.Request.Invoke()
                : await InvokeFilteredAsync(message);
        }
        catch (Exception exception)
        {
            response = Response.FromException(exception);
        }

        if (response.Exception is InconsistentStateException { IsSourceActivation: true } inconsistent)
        {
            inconsistent.IsSourceActivation = false;
            Deactivate(new(DeactivationReasonCode.ApplicationError, inconsistent, "State in memory is not the state in storage."));
        }

        return response;
    }

    private async ValueTask<Response> InvokeFilteredAsync(CallMessage message)
    {
        var call = new IncomingCall(message, this, shared.All.Filters);
        await call.Invoke();
        return call.Response ?? Response.Completed;
    }

    private void Served(CallMessage message)
    {
        message.State = CallState.Ended;
        lock (Gate)
        {
            _running--;
            _served = true;
            if (message.KeepsAlive)
            {
                _lastUsed = shared.All.Time.GetTimestamp();
            }

            if (ReferenceEquals(_blocking, message))
            {
                _blocking = null;
                if (_alsoBlocking is { Count: > 0 })
                {
                    _blocking = _alsoBlocking[0];
                    _alsoBlocking.RemoveAt(0);
                }
            }
            else
            {
                _alsoBlocking?.Remove(message);
            }

            if (_state == ActivationState.Deactivating)
            {
                EndWhenIdle();
            }
            else
            {
                StartWaiting();
            }
        }
    }

    /// <summary>What few activations need.</summary>
    private sealed class Extras(TimeProvider time)
    {
        public ActivationId Id { get; } = new(Guid.CreateVersion7(time.GetUtcNow()));

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public GrainLifecycle Lifecycle { get; } = new();

        public Dictionary<Type, object>? Components { get; set; }

        public Dictionary<Guid, int>? Sections { get; set; }

        public HashSet<IDisposable>? Timers { get; set; }

        public DateTimeOffset KeepUntil { get; set; }

        public DeactivationReason Reason { get; set; }
    }
}
