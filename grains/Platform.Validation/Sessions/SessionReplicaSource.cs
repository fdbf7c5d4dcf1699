using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Platform.Replicas;
using Platform.Tenants;

namespace Platform.Sessions;

/// <summary>
/// The way of this process to the sessions of one silo: asks for replicas, takes what the silo decides about them, and reports what was touched. One connection: when the silo
/// has forgotten it, or is silent for long, everything that came through it goes.
/// </summary>
internal sealed partial class SessionReplicaSource : IDisposable
{
    /// <summary>Touches in quick succession are reported together; those after a pause at once. The other hosts hear of them as late.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    /// <summary>A silo that has not answered for so long is given up: its sessions live elsewhere, or will. One that stops, or is no member any more, is given up at once.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(10);

    private const int MaxBatch = 1_000;

    private readonly ISessionReplicasGrain _grain;
    private readonly SessionReplicas _replicas;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReplicaHolder<SessionReplicaState> _holder;

    /// <summary>Private to this connection: what the silo told of its tenants holds while the silo's lease does. Holds no sessions, but what their records report to.</summary>
    private readonly LiveSessions _sessions;
    private readonly LiveTenants _tenants = new();
    private readonly ConcurrentQueue<SessionId> _wanted = new();
    private readonly ConcurrentDictionary<SessionId, bool> _asking = new();
    private readonly ConcurrentQueue<SessionId> _dropped = new();
    private readonly ConcurrentQueue<SessionActivity> _late = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private long _answeredAt;
    private int _owesReport;

    public SessionReplicaSource(string silo, ISessionReplicasGrain grain, SessionReplicas replicas, TimeProvider time, ILogger logger)
    {
        (Silo, _grain, _replicas, _time, _logger) = (silo, grain, replicas, time, logger);
        _holder = new ReplicaHolder<SessionReplicaState>(new Guid(RandomNumberGenerator.GetBytes(16)), Apply, time);
        _sessions = new LiveSessions(_holder.Lease) { LongestPause = ReportInterval };
    }

    public string Silo { get; }

    public void Start() => _running = Task.WhenAll(Task.Run(ReceiveAsync), Task.Run(SendAsync));

    public void Want(SessionId id)
    {
        if (!_asking.TryAdd(id, true)) return;
        _wanted.Enqueue(id);
        _sessions.WakeWriter();
    }

    /// <summary>The silo need not tell of it any more.</summary>
    public void NoteDropped(SessionId id) => _dropped.Enqueue(id);

    /// <summary>Activity of a session whose replica has gone.</summary>
    public void Report(SessionActivity activity)
    {
        _late.Enqueue(activity);
        Volatile.Write(ref _owesReport, 1);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        await _running;
        if (_holder.Incarnation == 0) return;
        try
        {
            await _grain.SendAsync(_holder.Id, Collect(), cancellationToken);
        }
        catch (Exception)
        {
            // Forgotten activity ends a session early, never late.
        }
    }

    public void Dispose()
    {
        _ending.Dispose();
        _sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        Volatile.Write(ref _answeredAt, _time.GetTimestamp());
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var asked = _time.GetTimestamp();
                var batch = await _grain.ReceiveAsync(_holder.Id, _holder.Incarnation, _holder.Processed, _ending.Token);
                if (!_holder.TryAccept(batch, asked)) await EndAsync();
                _connected.TrySetResult();

                // Before the next question confirms that the replicas are gone: the silo may be waiting for that to save what it knows.
                if (Interlocked.Exchange(ref _owesReport, 0) == 1) await SendOnceAsync();
                Volatile.Write(ref _answeredAt, _time.GetTimestamp());
            }
            catch (SiloUnavailableException) when (!_ending.IsCancellationRequested)
            {
                await EndAsync();
            }
            catch (Exception) when (!_ending.IsCancellationRequested)
            {
                if (_time.GetElapsedTime(Volatile.Read(ref _answeredAt)) > MaxSilence) await EndAsync();
                else await PauseAsync(RetryPause);
            }
            catch (Exception)
            {
                // The host stops.
            }
        }
    }

    private async Task SendAsync()
    {
        // Before its first answer the silo does not know this connection.
        await _connected.Task.WaitAsync(_ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!_ending.IsCancellationRequested)
        {
            await UntilWokenAsync();
            if (!_ending.IsCancellationRequested && !await SendOnceAsync()) await PauseAsync(RetryPause);
        }
    }

    /// <summary>Everything that is to be told by now. One at a time: when it returns, what was told before has arrived.</summary>
    /// <returns>False: the silo did not answer.</returns>
    private async Task<bool> SendOnceAsync()
    {
        await _sending.WaitAsync();
        try
        {
            var request = Collect();
            if (request is { Wanted.IsEmpty: true, Dropped.IsEmpty: true, Active.IsEmpty: true }) return true;
            var answered = true;
            try
            {
                if (await _grain.SendAsync(_holder.Id, request, _ending.Token)) NoteKnown(request.Active);
                else await EndAsync();
            }
            catch (Exception)
            {
                foreach (var activity in request.Active) _late.Enqueue(activity);
                answered = false;
            }

            // Whoever asks again meanwhile is put down again.
            foreach (var id in request.Wanted) _asking.TryRemove(id, out _);
            if (!_wanted.IsEmpty || !_sessions.Unsaved.IsEmpty && request.Active.Length == MaxBatch) _sessions.WakeWriter();
            return answered;
        }
        finally
        {
            _sending.Release();
        }
    }

    private SessionReplicaRequest Collect()
    {
        while (_sessions.Expired.Reader.TryRead(out var expired))
        {
            if (_replicas.TryRemove(expired, this)) _dropped.Enqueue(expired);
        }

        // Read before: one that comes back meanwhile has a greater number, and the silo keeps it.
        var processed = _holder.Processed;
        var active = new Dictionary<SessionId, DateTimeOffset>();
        while (active.Count < MaxBatch && _late.TryDequeue(out var late)) active[late.Id] = late.LastActivityAt;
        for (var left = _sessions.Unsaved.Count; left > 0 && active.Count < MaxBatch && _sessions.Unsaved.TryDequeue(out var session); left--)
        {
            if (session.TakeUnsaved() is { } activity) active[session.Id] = activity;
        }

        return new SessionReplicaRequest
        {
            Wanted = Take(_wanted),
            Dropped = [.. Take(_dropped).Where(id => !_replicas.TryGet(id, out var replica) || replica.Source != this)],
            Processed = processed,
            Active = [.. active.Select(pair => new SessionActivity(pair.Key, pair.Value))],
        };
    }

    private static ImmutableArray<SessionId> Take(ConcurrentQueue<SessionId> queue)
    {
        if (queue.IsEmpty) return [];
        var taken = ImmutableArray.CreateBuilder<SessionId>();
        while (taken.Count < MaxBatch && queue.TryDequeue(out var id)) taken.Add(id);
        return taken.ToImmutable();
    }

    private void NoteKnown(ImmutableArray<SessionActivity> activities)
    {
        foreach (var activity in activities)
        {
            if (_replicas.TryGet(activity.Id, out var replica) && replica.Source == this) replica.NoteKnown(activity.LastActivityAt);
        }
    }

    private void Apply(ReplicaChange<SessionReplicaState> change)
    {
        switch (change.State)
        {
            case null:
                if (SessionId.TryParse(change.Key, out var withdrawn)) _replicas.TryRemove(withdrawn, this);
                break;
            case ReplicatedPolicy policy:
                _tenants.Publish(policy.Tenant, policy.Policy);
                break;
            case ReplicatedSession session when _tenants.TryGet(session.TenantId, out var tenant):
                var record = new LiveSession(_sessions, tenant, session.Id, session, session.Subject, session.LastActivityAt);
                _replicas.Put(new SessionReplica(record, this, _holder, session.LastActivityAt));
                break;
            case ReplicatedActivity active:
                foreach (var activity in active.Sessions)
                {
                    if (!_replicas.TryGet(activity.Id, out var replica) || replica.Source != this) continue;
                    replica.Session.Advance(activity.LastActivityAt);
                    replica.NoteKnown(activity.LastActivityAt);
                }

                break;
        }
    }

    private async Task EndAsync()
    {
        await _ending.CancelAsync();
        _holder.Lease.Revoke();
        Ended(_logger, Silo, _replicas.Remove(this));
    }

    private async Task UntilWokenAsync()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        var interval = Task.Delay(ReportInterval, _time, over.Token);
        await Task.WhenAny(interval, _sessions.Urgent.WaitToReadAsync(over.Token).AsTask());
        _sessions.Urgent.TryRead(out _);
        await over.CancelAsync();
    }

    private async Task PauseAsync(TimeSpan pause) => await Task.Delay(pause, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(EventName = "ReplicasDropped", Level = LogLevel.Information,
        Message = "This process dropped its {Count} copies of sessions of silo {Silo}, which is gone or has forgotten it; sessions are asked for anew")]
    private static partial void Ended(ILogger logger, string silo, int count);
}
