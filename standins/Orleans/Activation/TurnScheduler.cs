using Orleans.Runtime;

namespace Orleans.Activation;

/// <summary>Runs the turns of one activation one after another on the thread pool. An idle one holds no queue and no thread.</summary>
internal abstract class TurnScheduler : TaskScheduler, IThreadPoolWorkItem, IWorkItemScheduler
{
    private const int QuantumMilliseconds = 100;
    private const int KeptCapacity = 16;

    private Task? _next;
    private Queue<Task>? _more;
    private bool _scheduled;

    /// <summary>Guards the queue of turns and the state of the activation.</summary>
    protected Lock Gate { get; } = new();

    protected abstract IGrainContext Context { get; }

    public sealed override int MaximumConcurrencyLevel => 1;

    public void QueueAction(Action action) => StartTurn(new Task(action));

    public void QueueAction(Action<object> action, object state) => StartTurn(new Task(action!, state));

    void IWorkItemScheduler.QueueTask(Task task) => task.Start(this);

    /// <summary>Starts a turn that sees nothing of the caller's execution context.</summary>
    protected void StartTurn(Action<object?> turn, object state)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            new Task(turn, state).Start(this);
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            new Task(turn, state).Start(this);
        }
    }

    protected sealed override void QueueTask(Task task)
    {
        lock (Gate)
        {
            if (_next is null)
            {
                _next = task;
            }
            else
            {
                (_more ??= new Queue<Task>()).Enqueue(task);
            }

            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected sealed override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, Context) && TryExecuteTask(task);

    protected sealed override IEnumerable<Task>? GetScheduledTasks() => null;

    void IThreadPoolWorkItem.Execute()
    {
        var started = Environment.TickCount64;
        var previous = RuntimeContext.Exchange(Context);
        try
        {
            while (TryTake() is { } task)
            {
                TryExecuteTask(task);
                if (Environment.TickCount64 - started > QuantumMilliseconds && YieldsThread())
                {
                    return;
                }
            }
        }
        finally
        {
            RuntimeContext.Exchange(previous);
        }
    }

    private Task? TryTake()
    {
        lock (Gate)
        {
            var task = _next;
            if (task is null)
            {
                _scheduled = false;
                return null;
            }

            _next = null;
            if (_more is not null && !_more.TryDequeue(out _next) && _more.Capacity > KeptCapacity)
            {
                _more = null;
            }

            return task;
        }
    }

    /// <summary>Lets others have the thread; what is left runs when its turn comes again.</summary>
    private bool YieldsThread()
    {
        lock (Gate)
        {
            if (_next is null)
            {
                return false;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    private void StartTurn(Task task)
    {
        // The task was made in the caller's execution context; work given to an activation from outside keeps it, as with Task.Factory.
        task.Start(this);
    }
}
