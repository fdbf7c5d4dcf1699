using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Platform.Cluster;
using Platform.Lifecycle;
using Platform.Replicas;
using Platform.Tenants;

namespace Platform.Sessions;

/// <summary>Where this silo's replicas are asked for.</summary>
/// <param name="Silo">Its address; null: it is alone, and gives none.</param>
internal sealed record ReplicaHome(string? Silo);

/// <summary>
/// Gives other processes replicas of the sessions that live here, and takes them back before a change is answered (decision 90). Grains call it when what they published has changed;
/// with nobody holding a replica that costs a look at an empty list.
/// </summary>
internal sealed partial class SessionReplication(
    ReplicaHome home, LiveSessions sessions, MembershipLease lease, TimeProvider time, ILogger<SessionReplication> logger) : PeriodicService(Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(1);

    private const int DrainedAtATime = 10_000;

    /// <summary>How long another silo waits for an answer before it goes on to waiting for the leases.</summary>
    private static readonly TimeSpan ConfirmationTime = TimeSpan.FromMilliseconds(500);

    private readonly ReplicaOwner<SessionReplicaState> _owner = new(lease, time);

    /// <summary>Activity that holders have not been told of, by holder and session.</summary>
    private readonly ConcurrentDictionary<(Guid Holder, SessionId Session), DateTimeOffset> _activity = new();

    private bool _draining;

    /// <inheritdoc cref="ReplicaHome.Silo"/>
    public string? Silo => Volatile.Read(ref _draining) ? null : home.Silo;

    /// <inheritdoc cref="ISessionReplicasGrain.ReceiveAsync"/>
    public Task<ReplicaBatch<SessionReplicaState>> ReceiveAsync(Guid holder, long incarnation, long confirmed, CancellationToken cancellationToken) =>
        _owner.ReceiveAsync(holder, incarnation, confirmed, incarnation == 0 ? TimeSpan.Zero : ISessionReplicasGrain.Patience, cancellationToken);

    /// <inheritdoc cref="ISessionReplicasGrain.SendAsync"/>
    public bool Accept(Guid holder, SessionReplicaRequest request)
    {
        foreach (var id in request.Dropped) _owner.Release(holder, id.ToString(), request.Processed);
        foreach (var activity in request.Active) Accept(holder, activity);
        foreach (var id in request.Wanted) Grant(holder, id);
        return _owner.IsKnown(holder);
    }

    /// <summary>The session is over, has changed, or leaves this memory: nobody answers by what was before when the task completes. It never fails.</summary>
    public Task WithdrawAsync(SessionId id) => _owner.WithdrawAsync(id.ToString());

    /// <summary>The tenant's policy has been published here before: nobody answers by an earlier one when the task completes. It never fails.</summary>
    public Task PublishAsync(TenantId tenant, TenantPolicySnapshot policy) => _owner.ReplaceAsync(tenant.ToString(), new ReplicatedPolicy(tenant, policy));

    /// <summary>
    /// The silo is about to stop: gives no more replicas and takes all back while hosts can still report what was touched by them. Later they could not reach it, and each session that leaves
    /// would wait for their leases.
    /// </summary>
    public async Task DrainAsync()
    {
        Volatile.Write(ref _draining, true);
        foreach (var keys in _owner.Held.Chunk(DrainedAtATime)) await Task.WhenAll(keys.Select(_owner.WithdrawAsync));
    }

    /// <summary>Waits a moment.</summary>
    /// <param name="withdrawn">Tasks of this class.</param>
    /// <returns>How long the caller has to wait until it is certain that they are over; zero: they are.</returns>
    public async Task<TimeSpan> WithinAsync(Task withdrawn)
    {
        await withdrawn.WaitAsync(ConfirmationTime, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return withdrawn.IsCompleted ? TimeSpan.Zero : ReplicaOwner<SessionReplicaState>.Lease + ReplicaOwner<SessionReplicaState>.Margin;
    }

    /// <summary>This silo has caught up with what it had missed; its holders may not have, and start anew.</summary>
    public void Reset() => _owner.Reset();

    protected override Task RunAsync(CancellationToken cancellationToken)
    {
        PassOnActivity();
        _owner.ForgetSilent(MaxSilence);
        return Task.CompletedTask;
    }

    /// <summary>Tells the hosts that hold a session of what was touched elsewhere.</summary>
    internal void PassOnActivity()
    {
        while (sessions.Unreported.TryDequeue(out var session))
        {
            if (session.TakeUnreported() is { } activity) NoteForHolders(new SessionActivity(session.Id, activity), except: null, session);
        }

        foreach (var news in _activity.Keys.ToLookup(key => key.Holder))
        {
            _owner.Notify(news.Key, new ReplicatedActivity([.. news.Select(Take).OfType<SessionActivity>()]));
        }
    }

    /// <summary>Whether anybody has a replica of it.</summary>
    internal bool IsReplicated(SessionId id) => _owner.IsHeld(id.ToString());

    protected override void LogFailure(Exception failure) => ActivityNotPassedOn(logger, failure);

    private SessionActivity? Take((Guid Holder, SessionId Session) key) => _activity.TryRemove(key, out var at) ? new SessionActivity(key.Session, at) : null;

    private void Accept(Guid holder, SessionActivity activity)
    {
        if (!sessions.TryGet(activity.Id, out var session)) return;
        session.AcceptActivity(activity.LastActivityAt, Time.GetUtcNow());
        NoteForHolders(activity, except: holder, session);
    }

    private void NoteForHolders(SessionActivity activity, Guid? except, LiveSession session)
    {
        var key = activity.Id.ToString();
        var held = false;
        foreach (var holder in _owner.Holders)
        {
            if (!_owner.Holds(holder, key)) continue;
            held = true;
            if (holder != except) _activity[(holder, activity.Id)] = activity.LastActivityAt;
        }

        if (held) return;
        session.MarkUnreplicated();

        // Somebody may have got one meanwhile.
        if (_owner.IsHeld(key)) session.TryMarkReplicated();
    }

    private void Grant(Guid holder, SessionId id)
    {
        if (Volatile.Read(ref _draining) || !sessions.TryGet(id, out var session)) return;
        var tenant = session.Tenant;
        var tenantKey = tenant.Id.ToString();
        if (!_owner.Holds(holder, tenantKey)) _owner.Grant(holder, tenantKey, () => new ReplicatedPolicy(tenant.Id, tenant.Policy));
        _owner.Grant(holder, id.ToString(), () => Replicate(id));
    }

    private ReplicatedSession? Replicate(SessionId id)
    {
        if (!sessions.TryGet(id, out var session)) return null;

        // Marked before the clock is read: a touch from now on is passed on.
        if (!session.TryMarkReplicated() || session.Evaluate(Time.GetUtcNow()) != SessionState.Live || session.ToView() is not { } view) return null;
        var origin = session.Origin;
        return new ReplicatedSession
        {
            Id = id,
            TenantId = origin.TenantId,
            UserId = origin.UserId,
            SecretHash = origin.SecretHash,
            AbsoluteTimeout = origin.AbsoluteTimeout,
            CreatedAt = origin.CreatedAt,
            AuthenticationMethods = origin.AuthenticationMethods,
            TenantEpoch = origin.TenantEpoch,
            Scope = origin.Scope,
            SecondFactorAt = origin.SecondFactorAt,
            Page = origin.Page,
            Subject = view.Subject,
            LastActivityAt = view.LastActivityAt,
        };
    }

    [LoggerMessage(EventName = "ActivityNotPassedOn", Level = LogLevel.Warning, Message = "Activity of sessions could not be passed on to the hosts that hold copies of them; it is tried again")]
    private static partial void ActivityNotPassedOn(ILogger logger, Exception failure);
}
