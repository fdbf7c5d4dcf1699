using Platform.Cluster;
using Platform.Replicas;

namespace Platform.Grains.Tests.Replicas;

/// <summary>
/// One owner, some holders and the network between them, in one thread and by the clock of the simulation: messages are late, lost, doubled and out of order, holders stand still, clocks run
/// unlike, owners lose their own lease and what they remember. Checks after every step that no holder answers by what was before an answered change.
/// </summary>
internal sealed class ReplicaSimulation
{
    private const int Keys = 5;

    private readonly Random _random;
    private readonly SimulatedClock _world = new(offset: 0, rate: 1, now: null);
    private readonly ReplicaOwner<Version> _owner;
    private readonly MembershipLease _ownerLease;
    private readonly SimulatedHolder[] _holders;
    private readonly PriorityQueue<Action, long> _network = new();
    private readonly int[] _written = new int[Keys];
    private readonly int[] _answered = new int[Keys];
    private readonly List<Change> _changes = [];
    private long _ownerLeaseUntil;

    /// <param name="seed">Repeats a run.</param>
    /// <param name="loss">Share of messages that are lost, 0 to 1.</param>
    public ReplicaSimulation(int seed, double loss)
    {
        _random = new Random(seed);
        Loss = loss;
        _ownerLease = new MembershipLease(_world);
        _owner = new ReplicaOwner<Version>(_ownerLease, _world);
        _holders = [.. Enumerable.Range(0, 3).Select(i => new SimulatedHolder(this, new SimulatedClock(_random.NextInt64(TimeSpan.TicksPerDay), 1 + (_random.NextDouble() - 0.5) / 500, _world)))];
        RenewOwner();
    }

    /// <summary>Answers by replicas.</summary>
    public int Answers { get; private set; }

    /// <summary>Changes that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Of these, how many had to wait for the lease of somebody who did not confirm.</summary>
    public int WaitedForLease { get; private set; }

    private double Loss { get; }

    public void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Act();
            _world.Advance(TimeSpan.FromMilliseconds(_random.Next(0, 60)));
            while (_network.TryPeek(out var message, out var due) && due <= _world.Ticks)
            {
                _network.Dequeue();
                message();
            }

            foreach (var holder in _holders) holder.Poll();
            Settle();
            foreach (var holder in _holders) Check(holder, step);
        }
    }

    private void Act()
    {
        var (holder, key, act) = (_holders[_random.Next(_holders.Length)], _random.Next(Keys), _random.Next(100));
        if (act < 35) holder.Want(key);
        else if (act < 38) holder.Drop(key);
        else if (act < 55) Write(key, takesBack: true);
        else if (act < 62) Write(key, takesBack: false);
        else if (act < 64) holder.StandStill(_world.Ticks + TimeSpan.FromMilliseconds(_random.Next(100, 8_000)).Ticks);
        else if (act < 92) RenewOwner();
        else if (act < 93) ResetOwner();
    }

    private void RenewOwner()
    {
        // As a silo that reads the membership table: three seconds from the moment at which the reading began.
        var began = _world.GetTimestamp() - TimeSpan.FromMilliseconds(_random.Next(0, 1_500)).Ticks;
        _ownerLeaseUntil = Math.Max(_ownerLeaseUntil, began + TimeSpan.FromSeconds(3).Ticks);
        _ownerLease.HoldUntil(_ownerLeaseUntil);
    }

    private void ResetOwner() => _owner.Reset();

    private void Write(int key, bool takesBack)
    {
        var version = new Version(++_written[key]);
        _changes.Add(new Change(key, version.Number, _world.Ticks, _owner.Decide(Name(key), takesBack ? null : version)));
    }

    /// <summary>A change is answered as soon as it is over for everybody.</summary>
    private void Settle()
    {
        foreach (var change in _changes.ToArray())
        {
            var age = new TimeSpan(_world.Ticks - change.DecidedAt);
            if (!change.Pending.All(pending => pending.IsOver(_world)))
            {
                age.ShouldBeLessThan(ReplicaOwner<Version>.Lease + ReplicaOwner<Version>.Margin + TimeSpan.FromMilliseconds(60), "whoever changes something waits no longer than a lease");
                continue;
            }

            _changes.Remove(change);
            _answered[change.Key] = Math.Max(_answered[change.Key], change.Version);
            Answered++;
            if (age > ReplicaOwner<Version>.Lease) WaitedForLease++;
        }
    }

    private void Check(SimulatedHolder holder, int step)
    {
        for (var key = 0; key < Keys; key++)
        {
            if (holder.Answer(key) is not { } version) continue;
            Answers++;
            version.Number.ShouldBeGreaterThanOrEqualTo(_answered[key], $"step {step}: a holder answers by what was before an answered change");
            _world.GetTimestamp().ShouldBeLessThan(_ownerLeaseUntil, $"step {step}: a holder answers when its owner may not");
            var ahead = new TimeSpan(holder.OwnerNow.UtcTicks - _world.GetUtcNow().UtcTicks);
            ahead.ShouldBeLessThan(TimeSpan.FromMilliseconds(20), "the owner's clock is not ahead of itself");
            ahead.ShouldBeGreaterThan(TimeSpan.FromSeconds(-3));
        }
    }

    private void Send(Action message)
    {
        if (_random.NextDouble() < Loss) return;
        Post();
        if (_random.NextDouble() < Loss / 4) Post();

        void Post()
        {
            var delay = _random.Next(100) < 90 ? _random.Next(1, 40) : _random.Next(40, 4_000);
            _network.Enqueue(message, _world.Ticks + TimeSpan.FromMilliseconds(delay).Ticks);
        }
    }

    private static string Name(int key) => $"key{key}";

    internal sealed record Version(int Number);

    private sealed record Change(int Key, int Version, long DecidedAt, IReadOnlyList<PendingChange<Version>> Pending);

    /// <summary>A process that holds replicas: asks without end, one question at a time, and starts anew when the owner does not know it.</summary>
    private sealed class SimulatedHolder
    {
        private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(1_500);

        private readonly ReplicaSimulation _simulation;
        private readonly SimulatedClock _clock;
        private readonly Dictionary<string, Version> _replicas = [];
        private readonly List<Action> _backlog = [];
        private ReplicaHolder<Version> _holder = null!;
        private long _question;
        private long? _askedAt;
        private long _stillUntil;

        public SimulatedHolder(ReplicaSimulation simulation, SimulatedClock clock)
        {
            (_simulation, _clock) = (simulation, clock);
            Connect();
        }

        public DateTimeOffset OwnerNow => _holder.OwnerNow;

        private bool StandsStill => _simulation._world.Ticks < _stillUntil;

        public void StandStill(long until) => _stillUntil = Math.Max(_stillUntil, until);

        public Version? Answer(int key) => !StandsStill && _replicas.TryGetValue(Name(key), out var version) && _holder.Lease.IsHeld ? version : null;

        public void Want(int key)
        {
            if (StandsStill || _holder.Incarnation == 0) return;
            var id = _holder.Id;
            _simulation.Send(() => _simulation._owner.Grant(id, Name(key), () => new Version(_simulation._written[key])));
        }

        public void Drop(int key)
        {
            if (StandsStill || !_replicas.Remove(Name(key))) return;
            var (id, processed) = (_holder.Id, _holder.Processed);
            _simulation.Send(() => _simulation._owner.Release(id, Name(key), processed));
        }

        public void Poll()
        {
            if (StandsStill) return;
            foreach (var message in _backlog) message();
            _backlog.Clear();
            if (_askedAt is { } at && _clock.GetElapsedTime(at) < Timeout) return;
            var (question, holder, asked) = (++_question, _holder, _clock.GetTimestamp());
            _askedAt = asked;
            var (incarnation, processed) = (holder.Incarnation, holder.Processed);
            _simulation.Send(() =>
            {
                var answer = _simulation._owner.ReceiveAsync(holder.Id, incarnation, processed, TimeSpan.Zero, default);
                answer.IsCompletedSuccessfully.ShouldBeTrue();
                var batch = answer.Result;
                _simulation.Send(() => Deliver(() => Take(holder, batch, asked, question)));
            });
        }

        private void Deliver(Action message)
        {
            if (StandsStill) _backlog.Add(message);
            else message();
        }

        private void Take(ReplicaHolder<Version> holder, ReplicaBatch<Version> batch, long asked, long question)
        {
            if (holder != _holder) return;
            if (question == _question) _askedAt = null;
            if (!holder.TryAccept(batch, asked)) Connect();
        }

        private void Connect()
        {
            _replicas.Clear();
            _askedAt = null;
            _holder = new ReplicaHolder<Version>(Id(), Apply, _clock);
        }

        private void Apply(ReplicaChange<Version> change)
        {
            if (change.State is { } state) _replicas[change.Key] = state;
            else _replicas.Remove(change.Key);
        }

        private Guid Id()
        {
            var bytes = new byte[16];
            _simulation._random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }

    /// <summary>Moved by hand, or running with another one at an almost equal rate.</summary>
    private sealed class SimulatedClock(long offset, double rate, SimulatedClock? now) : TimeProvider
    {
        private long _ticks;

        public long Ticks => now?.Ticks ?? _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => offset + (long)(Ticks * rate);

        public override DateTimeOffset GetUtcNow() => ManualTimeProvider.DefaultStart.AddTicks(GetTimestamp());

        /// <summary>Nothing waits: what would be waited for is over at once, or is asked for again.</summary>
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new InvalidOperationException("The simulation waits for nothing.");
    }
}
