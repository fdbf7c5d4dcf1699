using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans.Activation;

/// <summary>The workers that share one key: a call goes to an idle one, to a new one while there is room, else to the shortest queue.</summary>
internal sealed class StatelessWorkerPool(GrainId id, GrainClassShared shared, int maxWorkers) : ICallTarget
{
    private readonly Lock _gate = new();
    private readonly List<GrainActivation> _workers = [];
    private bool _ended;

    public IEnumerable<GrainActivation> Activations
    {
        get
        {
            lock (_gate)
            {
                return _workers.ToArray();
            }
        }
    }

    public bool TryReceive(CallMessage message)
    {
        while (true)
        {
            GrainActivation worker;
            lock (_gate)
            {
                if (_ended)
                {
                    return false;
                }

                worker = Choose();
            }

            if (worker.TryReceive(message))
            {
                return true;
            }

            Remove(worker);
        }
    }

    public void Remove(GrainActivation worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker);
            if (_workers.Count > 0)
            {
                return;
            }

            _ended = true;
        }

        shared.Directory.Remove(id, this);
    }

    private GrainActivation Choose()
    {
        if (_workers.Find(static w => w.Load == 0) is { } idle)
        {
            return idle;
        }

        if (_workers.Count < maxWorkers)
        {
            var added = new GrainActivation(id, shared, pool: this);
            _workers.Add(added);
            return added;
        }

        return _workers.MinBy(static w => w.Load)!;
    }
}
