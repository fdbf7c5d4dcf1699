using Orleans.Runtime;

namespace Orleans.Lifecycle;

/// <summary>Runs observers stage by stage, those of one stage together; stops, downwards, the stages that were started.</summary>
internal class LifecycleSubject : ILifecycleSubject
{
    private readonly List<Subscription> _subscriptions = new(1);
    private int? _reached;

    public bool IsUsed => _subscriptions.Count > 0;

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        lock (_subscriptions)
        {
            if (_reached is { } reached && stage <= reached)
            {
                throw new InvalidOperationException("Lifecycle has already been started.");
            }

            var subscription = new Subscription(this, stage, observer);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    public async Task OnStart(CancellationToken cancellationToken = default)
    {
        foreach (var stage in Stages(_ => true).Order())
        {
            if (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("Lifecycle start canceled by request", cancellationToken);
            }

            _reached = stage;
            await Task.WhenAll(At(stage).Select(observer => Guarded(observer.OnStart, cancellationToken)));
            HighestCompletedStage = stage;
        }
    }

    public async Task OnStop(CancellationToken cancellationToken = default)
    {
        if (_reached is not { } reached)
        {
            return;
        }

        foreach (var stage in Stages(stage => stage <= reached).OrderDescending())
        {
            foreach (var stopping in At(stage).Select(observer => Guarded(observer.OnStop, cancellationToken)).ToList())
            {
                try
                {
                    await stopping;
                }
                catch (Exception exception)
                {
                    // The stages below must still stop.
                    StopFailed(stage, exception);
                }
            }

            LowestStoppedStage = stage;
        }
    }

    protected virtual void StopFailed(int stage, Exception exception)
    {
    }

    private static Task Guarded(Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        try
        {
            return action(cancellationToken);
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }

    private List<int> Stages(Func<int, bool> matches)
    {
        lock (_subscriptions)
        {
            return _subscriptions.Select(static s => s.Stage).Where(matches).Distinct().ToList();
        }
    }

    private List<ILifecycleObserver> At(int stage)
    {
        lock (_subscriptions)
        {
            return _subscriptions.Where(s => s.Stage == stage).Select(static s => s.Observer).ToList();
        }
    }

    private sealed class Subscription(LifecycleSubject subject, int stage, ILifecycleObserver observer) : IDisposable
    {
        public int Stage => stage;

        public ILifecycleObserver Observer => observer;

        public void Dispose()
        {
            lock (subject._subscriptions)
            {
                subject._subscriptions.Remove(this);
            }
        }
    }
}
