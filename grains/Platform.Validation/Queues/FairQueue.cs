using System.Diagnostics.CodeAnalysis;

namespace Platform.Queues;

/// <summary>
/// Who waits, and whose turn it is: turns go round, one over networks, the next over tenants, so that whoever sends much from few networks, or at few tenants, waits behind himself. Where the queue is full, whoever
/// has fewer waiting takes the latest place of the network, or else of the tenant, that has most. Not for use by several threads; it has no clock, its users say how late it is (decision 0094).
/// </summary>
/// <param name="limit">So many may wait.</param>
public sealed class FairQueue<T>(int limit) where T : class
{
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly Ring _networks = new();
    private readonly Ring _tenants = new();
    private bool _byTenant;

    public int Count => _waiting.Count;

    /// <param name="network">As wide as one party may have it whole.</param>
    /// <param name="tenant">Whatever tells tenants apart.</param>
    /// <param name="item">What waits.</param>
    /// <param name="now">Of a clock that only goes on.</param>
    /// <param name="displaced">What waits no more, if the queue was full.</param>
    /// <returns>False: the queue is full, and the item does not wait.</returns>
    public bool TryAdd(string network, string tenant, T item, TimeSpan now, out T? displaced)
    {
        displaced = null;
        if (Count >= limit)
        {
            if (FindLessDeserving(network, tenant) is not { } other) return false;
            Remove(other);
            displaced = other.Value.Item;
        }

        _waiting.AddLast(new Waiting(network, tenant, item, now));
        _networks.Add(network);
        _tenants.Add(tenant);
        return true;
    }

    public bool TryTake(TimeSpan now, [MaybeNullWhen(false)] out T item, out TimeSpan waited)
    {
        (item, waited) = (null, default);
        if (Count == 0) return false;
        _byTenant = !_byTenant;
        var turn = _byTenant ? _tenants.Next() : _networks.Next();
        var next = _waiting.First!;
        while ((_byTenant ? next.Value.Tenant : next.Value.Network) != turn) next = next.Next!;
        _networks.Served(next.Value.Network);
        _tenants.Served(next.Value.Tenant);
        Remove(next);
        (item, waited) = (next.Value.Item, now - next.Value.Since);
        return true;
    }

    /// <summary>Takes out whoever has waited so long that an answer is of no use any more.</summary>
    public bool TryTakeOverdue(TimeSpan now, TimeSpan longest, [MaybeNullWhen(false)] out T item)
    {
        item = null;
        if (_waiting.First is not { } first || now - first.Value.Since < longest) return false;
        Remove(first);
        item = first.Value.Item;
        return true;
    }

    private void Remove(LinkedListNode<Waiting> node)
    {
        _waiting.Remove(node);
        _networks.Remove(node.Value.Network);
        _tenants.Remove(node.Value.Tenant);
    }

    private LinkedListNode<Waiting>? FindLessDeserving(string network, string tenant)
    {
        if (_networks.Largest(beyond: network) is { } largest) return Latest(waiting => waiting.Network == largest);
        return _tenants.Largest(beyond: tenant) is { } other ? Latest(waiting => waiting.Tenant == other) : null;
    }

    private LinkedListNode<Waiting> Latest(Func<Waiting, bool> matches)
    {
        var node = _waiting.Last!;
        while (!matches(node.Value)) node = node.Previous!;
        return node;
    }

    private sealed record Waiting(string Network, string Tenant, T Item, TimeSpan Since);

    /// <summary>Whose turn it is: whoever was served, or came, longest ago. Who has nothing waiting is forgotten, and comes last when he comes again.</summary>
    private sealed class Ring
    {
        private readonly Dictionary<string, (int Count, long Place)> _members = new(StringComparer.Ordinal);
        private long _lastPlace;

        public void Add(string member) =>
            _members[member] = _members.TryGetValue(member, out var known) ? known with { Count = known.Count + 1 } : (1, ++_lastPlace);

        public void Remove(string member)
        {
            var (count, place) = _members[member];
            if (count == 1) _members.Remove(member);
            else _members[member] = (count - 1, place);
        }

        public string Next() => _members.MinBy(member => member.Value.Place).Key;

        public void Served(string member) => _members[member] = _members[member] with { Place = ++_lastPlace };

        /// <summary>Who has most, where <paramref name="beyond"/> would still have fewer with one more.</summary>
        public string? Largest(string beyond)
        {
            var (largest, (count, _)) = _members.MaxBy(member => member.Value.Count);
            return _members.GetValueOrDefault(beyond).Count + 1 < count ? largest : null;
        }
    }
}
