using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Platform.Clocks;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Sessions;

/// <summary>
/// One live session in this process: the lock-free record that its grain creates, replaces and withdraws, and that validations read.
/// </summary>
/// <remarks>
/// One 64-bit cell holds what changes: positive is the last activity (UTC ticks), negative the end, zero that the grain took the record back.
/// All changes are compare-and-swap on it, so a touch can never overtake an end, and an end once seen stays (a clock stepping back revives nothing); an expiry that was
/// answered is handed over to be written. One whose times lie ahead of the clock is taken back, so that the grain corrects them.
/// It is judged by the policy that its tenant has now, whenever it was opened.
/// Costs no lock, no allocation and no database.
/// </remarks>
public sealed class LiveSession
{
    private const long Withdrawn = 0;

    private const byte Alone = 0;
    private const byte Replicated = 1;
    private const byte Closed = 2;

    /// <summary>Activity after a pause of a tenth of the idle timeout is saved at once: forgetting it would cost the whole pause.</summary>
    private const long UrgentShare = 10;

    private static readonly long AheadBy = StoredTime.Allowance.Ticks;

    private readonly LiveSessions _owner;
    private readonly LiveTenant _tenant;
    private readonly ImmutableArray<byte> _secretHash;
    private readonly long _createdAt;
    private readonly long _openedAbsolute;
    private readonly int _tenantEpoch;
    private long _cell;
    private long _evictedActivity;
    private byte _unsaved;
    private byte _expiryAnswered;
    private byte _unreported;
    private byte _replication;
    private SessionSubject _subject;

    public LiveSession(LiveSessions owner, LiveTenant tenant, SessionId id, ISessionOrigin origin, SessionSubject subject, DateTimeOffset lastActivity)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(origin.SecretHash.Length, SHA256.HashSizeInBytes);
        (_owner, _tenant) = (owner, tenant);
        _secretHash = origin.SecretHash;
        _createdAt = origin.CreatedAt.UtcTicks;
        _openedAbsolute = origin.AbsoluteTimeout.Ticks;
        _tenantEpoch = origin.TenantEpoch;
        _cell = lastActivity.UtcTicks;
        _subject = subject;
        (Id, Origin) = (id, origin);
    }

    public SessionId Id { get; }

    /// <summary>What its grain has stored: nothing of it is kept twice.</summary>
    public ISessionOrigin Origin { get; }

    /// <summary>The tenant whose policy applies.</summary>
    public LiveTenant Tenant => _tenant;

    /// <summary>
    /// Changed by the grain when the user's name or rights change; holds for the next read. What a role gives is looked up at each read, so that a changed role
    /// reaches every session of everybody who holds it without anybody going round.
    /// </summary>
    public SessionSubject Subject
    {
        get
        {
            var subject = Volatile.Read(ref _subject);
            if (subject.Role is not { } role) return subject;
            var permissions = _tenant.Roles.Of(role, Permissions.None);
            if (permissions == subject.Permissions) return subject;

            // Kept, so that only the first read after a change makes a new one; a subject set meanwhile stays.
            var current = subject with { Permissions = permissions };
            Interlocked.CompareExchange(ref _subject, current, subject);
            return current;
        }
        set => Volatile.Write(ref _subject, value);
    }

    /// <summary>
    /// What it is good for now. One that was opened with a password alone is limited while its tenant requires more, and full again when the tenant does not any
    /// more; one that was opened limited stays so until a factor is proven in it.
    /// </summary>
    public SessionScope Scope => ScopeUnder(_tenant.Current);

    /// <summary>A policy that grows does not prolong what was promised at sign-in (the token says so too); one that shrinks shortens it.</summary>
    public DateTimeOffset AbsoluteExpiresAt => new(AbsoluteExpiry(_tenant.Current), TimeSpan.Zero);

    /// <summary>Returns the session and extends nothing. Null: the grain has withdrawn the record; ask the grain.</summary>
    /// <param name="secretHash">SHA-256 of the secret in the presented token.</param>
    /// <param name="from">Where the request comes from; a rule of the tenant may refuse it, which ends nothing.</param>
    /// <param name="now">Of the owner's clock.</param>
    /// <param name="page">The page that asks; null: none. A session is good where it was opened and nowhere else.</param>
    /// <exception cref="LeaseExpiredException">This process cannot answer for what it holds now.</exception>
    public SessionState? Peek(ReadOnlySpan<byte> secretHash, IPAddress? from, DateTimeOffset now, PageOrigin? page = null)
    {
        var state = HasSecret(secretHash) ? Evaluate(now) : SessionState.Unknown;
        if (state == SessionState.Live) state = JudgeSource(from, page);
        _owner.Lease.ThrowIfExpired();
        return Answered(state);
    }

    /// <summary>Extends the idle clock of a live session, never the absolute one. Null: the grain took the record back, ask it.</summary>
    /// <inheritdoc cref="Peek"/>
    public SessionState? Touch(ReadOnlySpan<byte> secretHash, IPAddress? from, DateTimeOffset now, PageOrigin? page = null)
    {
        if (!HasSecret(secretHash)) return SessionState.Unknown;
        while (true)
        {
            var seen = Volatile.Read(ref _cell);
            var state = Evaluate(seen, now.UtcTicks);
            if (state == SessionState.Live) state = JudgeSource(from, page);
            _owner.Lease.ThrowIfExpired();
            if (state != SessionState.Live) return Answered(state);
            if (now.UtcTicks <= seen) return SessionState.Live;
            if (Interlocked.CompareExchange(ref _cell, now.UtcTicks, seen) != seen) continue;
            NoteUnsaved(now.UtcTicks - seen);
            if (Volatile.Read(ref _replication) != Alone && Interlocked.Exchange(ref _unreported, 1) == 0) _owner.Unreported.Enqueue(this);
            return SessionState.Live;
        }
    }

    /// <summary>Takes over that it was touched in another process, which answered by a replica; to be saved like a touch here. One that is over stays so.</summary>
    public void AcceptActivity(DateTimeOffset activity, DateTimeOffset now)
    {
        if (Evaluate(now) != SessionState.Live) return;
        var before = Advance(activity < now ? activity : now);
        if (before is { } pause) NoteUnsaved(pause);
    }

    /// <summary>It is known to have been active then. What is known already, or later, stays.</summary>
    /// <returns>By how many ticks it moved ahead; null when it did not.</returns>
    public long? Advance(DateTimeOffset activity)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _cell);
            if (seen <= Withdrawn || activity.UtcTicks <= seen) return null;
            if (Interlocked.CompareExchange(ref _cell, activity.UtcTicks, seen) == seen) return activity.UtcTicks - seen;
        }
    }

    /// <summary>Other processes get replicas of it: touches are passed on to them.</summary>
    /// <returns>False: it gives none any more.</returns>
    public bool TryMarkReplicated() => Interlocked.CompareExchange(ref _replication, Replicated, Alone) != Closed;

    /// <summary>It leaves this process: no replica is given any more, and what others report of it still counts.</summary>
    public void CloseToReplicas() => Volatile.Write(ref _replication, Closed);

    /// <summary>The last activity, to be passed on; null when the session is over.</summary>
    public DateTimeOffset? TakeUnreported()
    {
        Volatile.Write(ref _unreported, 0);
        var seen = Volatile.Read(ref _cell);
        return seen > Withdrawn ? new DateTimeOffset(seen, TimeSpan.Zero) : null;
    }

    /// <summary>Nobody has a replica of it any more.</summary>
    public void MarkUnreplicated() => Interlocked.CompareExchange(ref _replication, Alone, Replicated);

    /// <summary>As <see cref="Peek"/>, wherever the request comes from: a session can be ended from anywhere.</summary>
    /// <exception cref="LeaseExpiredException">This process cannot answer for what it holds now.</exception>
    public SessionState? Evaluate(ReadOnlySpan<byte> secretHash, DateTimeOffset now)
    {
        var state = HasSecret(secretHash) ? Evaluate(now) : SessionState.Unknown;
        if (state == SessionState.Live && Origin.Page is { } own && !_tenant.AllowsFrom(own)) state = SessionState.OriginNotAllowed;
        _owner.Lease.ThrowIfExpired();
        return Answered(state);
    }

    /// <summary>State without a secret: for the grain, lists and the sweeper. Null: the grain took the record back.</summary>
    public SessionState? Evaluate(DateTimeOffset now) => Evaluate(Volatile.Read(ref _cell), now.UtcTicks);

    /// <summary>Ends the session unless it has ended before; the first reason stays. Only its grain calls this, after the end is durable.</summary>
    public void End(SessionState reason)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _cell);
            if (seen <= Withdrawn || Interlocked.CompareExchange(ref _cell, -(long)reason, seen) == seen) return;
        }
    }

    /// <summary>How it ended; null while it has not, or when it was taken back.</summary>
    public SessionState? Ended => Volatile.Read(ref _cell) is var cell && cell < Withdrawn ? (SessionState)(-cell) : null;

    /// <summary>When an evicted one was last active.</summary>
    public DateTimeOffset EvictedActivity => new(Volatile.Read(ref _evictedActivity), TimeSpan.Zero);

    /// <summary>Takes the record of a live session back, so that the grain makes another one; one that is over stays as it is.</summary>
    /// <param name="unsaved">The last activity if it is not saved yet.</param>
    /// <returns>False when it was over, or had been taken back.</returns>
    public bool TryEvict(out DateTimeOffset? unsaved)
    {
        unsaved = null;
        long seen;
        do
        {
            seen = Volatile.Read(ref _cell);
            if (seen <= Withdrawn) return false;
            Volatile.Write(ref _evictedActivity, seen);
        }
        while (Interlocked.CompareExchange(ref _cell, Withdrawn, seen) != seen);
        if (Interlocked.Exchange(ref _unsaved, 0) == 1) unsaved = new DateTimeOffset(seen, TimeSpan.Zero);
        return true;
    }

    /// <summary>Takes the record back, of whatever state: whoever still holds it is sent to the grain.</summary>
    /// <returns>The last activity if it is not saved yet.</returns>
    public DateTimeOffset? Withdraw()
    {
        var seen = Interlocked.Exchange(ref _cell, Withdrawn);
        return seen > Withdrawn && Interlocked.Exchange(ref _unsaved, 0) == 1 ? new DateTimeOffset(seen, TimeSpan.Zero) : null;
    }

    /// <summary>The last activity, to be saved; null when the session has ended or was taken back meanwhile, or there is nothing to save.</summary>
    public DateTimeOffset? TakeUnsaved()
    {
        if (Interlocked.Exchange(ref _unsaved, 0) == 0) return null;
        var seen = Volatile.Read(ref _cell);
        return seen > Withdrawn ? new DateTimeOffset(seen, TimeSpan.Zero) : null;
    }

    /// <summary>Saving failed: it stays to be saved.</summary>
    public void ReturnUnsaved()
    {
        if (Interlocked.Exchange(ref _unsaved, 1) == 0) _owner.Unsaved.Enqueue(this);
    }

    /// <summary>What the holder of a live session may see; null once it is over.</summary>
    public SessionView? ToView()
    {
        var seen = Volatile.Read(ref _cell);
        var policy = _tenant.Current;
        return seen <= Withdrawn ? null : new SessionView
        {
            Id = Id,
            TenantId = Origin.TenantId,
            UserId = Origin.UserId,
            Subject = Subject,
            CreatedAt = Origin.CreatedAt,
            LastActivityAt = new DateTimeOffset(seen, TimeSpan.Zero),
            IdleExpiresAt = new DateTimeOffset(Math.Min(seen + policy.IdleTimeout, AbsoluteExpiry(policy)), TimeSpan.Zero),
            AbsoluteExpiresAt = new DateTimeOffset(AbsoluteExpiry(policy), TimeSpan.Zero),
            AuthenticationMethods = Origin.AuthenticationMethods,
            Scope = ScopeUnder(policy),
            SecondFactorAt = Origin.SecondFactorAt,
            Page = Origin.Page,
            SecurityTesting = policy.SecurityTesting,
        };
    }

    /// <param name="pause">Since the activity before, in ticks.</param>
    private void NoteUnsaved(long pause)
    {
        if (Interlocked.Exchange(ref _unsaved, 1) == 0) _owner.Unsaved.Enqueue(this);
        if (pause >= Math.Min(_tenant.Current.IdleTimeout / UrgentShare, _owner.LongestPause.Ticks)) _owner.WakeWriter();
    }

    private bool HasSecret(ReadOnlySpan<byte> secretHash) => CryptographicOperations.FixedTimeEquals(secretHash, _secretHash.AsSpan());

    /// <summary>An expiry that a caller learns of is written soon, so that it holds under another clock after a restart, too.</summary>
    private SessionState? Answered(SessionState? state)
    {
        if (state is SessionState.Idle or SessionState.Absolute && Interlocked.Exchange(ref _expiryAnswered, 1) == 0) _owner.Expired.Writer.TryWrite(Id);
        return state;
    }

    /// <summary>What refuses a live session from there ends nothing.</summary>
    private SessionState JudgeSource(IPAddress? from, PageOrigin? page)
    {
        if (!_tenant.AllowsFrom(Origin.UserId, from)) return SessionState.IpNotAllowed;
        return Origin.Page == page && (page is null || _tenant.AllowsFrom(page)) ? SessionState.Live : SessionState.OriginNotAllowed;
    }

    private SessionScope ScopeUnder(LiveTenant.Snapshot policy) =>
        policy.RequireSecondFactor && Origin.SecondFactorAt is null ? SessionScope.Enrolment : Origin.Scope;

    private long AbsoluteExpiry(LiveTenant.Snapshot policy) => _createdAt + Math.Min(_openedAbsolute, policy.AbsoluteTimeout);

    private SessionState? Evaluate(long seen, long now)
    {
        while (true)
        {
            if (seen == Withdrawn) return null;
            if (seen < Withdrawn) return (SessionState)(-seen);
            if (Math.Max(seen, _createdAt) - now > AheadBy)
            {
                TryEvict(out _);
                seen = Volatile.Read(ref _cell);
                continue;
            }

            var state = Judge(_tenant.Current, seen, now);
            if (state == SessionState.Live) return state;
            var before = Interlocked.CompareExchange(ref _cell, -(long)state, seen);
            if (before == seen) return state;
            seen = before;
        }
    }

    private SessionState Judge(LiveTenant.Snapshot policy, long lastActivity, long now)
    {
        if (_tenantEpoch != policy.Epoch) return SessionState.TenantRevoked;
        if (Math.Max(policy.IdleCutoff, policy.AbsoluteCutoff) - now > AheadBy) policy = _tenant.WithoutTimesAhead(policy);
        if (now >= AbsoluteExpiry(policy) || _createdAt <= policy.AbsoluteCutoff) return SessionState.Absolute;
        return now - lastActivity >= policy.IdleTimeout || lastActivity <= policy.IdleCutoff ? SessionState.Idle : SessionState.Live;
    }
}
