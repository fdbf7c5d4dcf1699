using System.Collections.Concurrent;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Calls;

/// <summary>The observers of this process, held weakly; each gets its calls one after another.</summary>
internal sealed class ObserverDirectory
{
    private static readonly GrainType ObserverType = GrainType.Create("sys.client");

    private readonly ConcurrentDictionary<GrainId, Observer> _observers = new();
    private long _last;

    public static bool IsObserver(GrainId id) => id.Type == ObserverType;

    public GrainId Register(IGrainObserver target)
    {
        var id = GrainId.Create(ObserverType, GrainIdKeyExtensions.CreateIntegerKey(Interlocked.Increment(ref _last)));
        _observers[id] = new Observer(target);
        return id;
    }

    public void Remove(GrainId id) => _observers.TryRemove(id, out _);

    public void Dispatch(CallMessage message)
    {
        if (!_observers.TryGetValue(message.Target, out var observer))
        {
            message.Fail(new ClientNotAvailableException(message.Target));
        }
        else if (!observer.TryReceive(message))
        {
            Remove(message.Target);
            message.Fail(new ClientNotAvailableException(message.Target));
        }
    }

    private sealed class Observer(IGrainObserver target)
    {
        private readonly WeakReference<IGrainObserver> _target = new(target);
        private readonly Queue<CallMessage> _waiting = new();
        private bool _running;

        public bool TryReceive(CallMessage message)
        {
            if (!_target.TryGetTarget(out _))
            {
                return false;
            }

            lock (_waiting)
            {
                _waiting.Enqueue(message);
                if (_running)
                {
                    return true;
                }

                _running = true;
            }

            using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(RunAsync);
            }

            return true;
        }

        private async Task RunAsync()
        {
            while (true)
            {
                CallMessage? message;
                lock (_waiting)
                {
                    if (!_waiting.TryDequeue(out message))
                    {
                        _running = false;
                        return;
                    }
                }

                message.Complete(await InvokeAsync(message));
            }
        }

        private async Task<Response> InvokeAsync(CallMessage message)
        {
            try
            {
                if (!_target.TryGetTarget(out var target))
                {
                    throw new ClientNotAvailableException(message.Target);
                }

                RequestContext.Current = message.Context;
                message.Request.SetTarget(target);
                return await message.Request.Invoke();
            }
            catch (Exception exception)
            {
                return Response.FromException(exception);
            }
        }
    }
}
