using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Platform.Audit;
using Platform.Internal;
using Platform.Replicas;
using Platform.Snippets;
using Platform.State;
using Platform.Text;

namespace Platform.Sessions;

/// <summary>
/// Owns one session. Publishes it to <see cref="LiveSessions"/> while it lives, so that validations in this process need no grain call;
/// stays in memory until the session ends. How the record is held and made anew stands in <see cref="HeldSession"/>.
/// </summary>
internal sealed partial class SessionGrain([CommittedState(StateNames.Session, LoadedByGrain = true)] Committed<StoredSession> committed, SessionParts parts) : Grain, ISessionGrain, IHeldActivation
{
    /// <summary>Since activation.</summary>
    private HeldSession _held = null!;

    private SessionId Id => _held.Id;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _held = new HeldSession(PrefixedId.Parse<SessionId>(this.GetPrimaryKeyString()), committed, parts, this);
        await committed.LoadAsync(cancellationToken);
        if (committed.Value is not { EndedAt: null } stored) return;
        if (await parts.Tenants.FindAsync(stored.TenantId, cancellationToken) is not { } tenant) return;
        var live = await parts.Reader.ReadAsync(Id, stored, tenant, stored.CreatedAt, cancellationToken);

        // Orleans does not deactivate an activation that it gives up while it starts, so nothing may be registered before the end of this method.
        cancellationToken.ThrowIfCancellationRequested();
        _held.Hold(live);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _held.BeginLeaving();
        if (_held.Record is not { } live) return;

        // Another silo may own it next, which knows nothing of the replicas. Before it drops one, a host reports what was touched there.
        live.CloseToReplicas();
        await parts.Replication.WithdrawAsync(Id);
        parts.Sessions.Remove(live);
        await TryExpireAsync();

        // Without the token: it is cancelled when a stop takes long, and the clock would be lost although the writer is about to save it.
        if (live.Withdraw() is { } last) await parts.Activity.SaveAsync(new SessionActivity(Id, last), CancellationToken.None);
    }

    public async Task<SessionView?> OpenAsync(NewSession session, CancellationToken cancellationToken)
    {
        if (committed.Value is not null) throw new InvalidOperationException("A session id is never used twice.");
        if (await parts.Tenants.FindAsync(session.TenantId, cancellationToken) is not { } tenant || tenant.Policy.Epoch != session.TenantEpoch)
        {
            _held.Leave();
            return null;
        }

        var stored = SessionRules.Open(session, parts.Time.GetUtcNow());

        // Row first, so that a crash in between leaves a row for the sweeper and no state that nobody lists; one group commit takes both.
        var listed = parts.Table.AddAsync(new SessionRow(Id, session.TenantId, session.UserId, stored.CreatedAt, session.Policy, session.Client), cancellationToken);
        await committed.CommitAsync(stored, cancellationToken);
        await listed;
        var live = new LiveSession(parts.Sessions, tenant, Id, stored, session.Subject, stored.CreatedAt);
        _held.Hold(live);
        return live.ToView();
    }

    public Task<SessionCheck> PeekAsync(ImmutableArray<byte> secretHash, IPAddress? from, PageOrigin? page, CancellationToken cancellationToken) =>
        _held.CheckAsync(live => live.Peek(secretHash.AsSpan(), from, parts.Time.GetUtcNow(), page));

    public Task<SessionCheck> InspectAsync(ImmutableArray<byte> secretHash, CancellationToken cancellationToken) =>
        _held.CheckAsync(live => live.Evaluate(secretHash.AsSpan(), parts.Time.GetUtcNow()));

    public Task<SessionCheck> TouchAsync(ImmutableArray<byte> secretHash, IPAddress? from, PageOrigin? page, CancellationToken cancellationToken) =>
        _held.CheckAsync(live => live.Touch(secretHash.AsSpan(), from, parts.Time.GetUtcNow(), page));

    public Task<SessionCheck> DescribeAsync(CancellationToken cancellationToken) => _held.CheckAsync(live => live.Evaluate(parts.Time.GetUtcNow()));

    public async Task SignOutAsync(ImmutableArray<byte> secretHash, ClientInfo? client, CancellationToken cancellationToken)
    {
        if ((await InspectAsync(secretHash, cancellationToken)).State != SessionState.Live) return;
        var entry = SessionAuditEntries.SignedOut(Id, Owner, client);
        await parts.Audit.RecordThenAsync(committed.Value!.TenantId, [entry], () => EndAsync(SessionState.SignedOut, cancellationToken));
        await GrainFactory.UserInternal(committed.Value!.UserId).ForgetSessionAsync(Id);
    }

    public async Task EndAsync(SessionState reason, CancellationToken cancellationToken)
    {
        if (committed.Value is not { EndedAt: null } stored || _held.Record is not { } live)
        {
            _held.Leave();
            await parts.Replication.WithdrawAsync(Id);
            return;
        }

        if (live.Evaluate(parts.Time.GetUtcNow()) is SessionState.Idle or SessionState.Absolute or SessionState.TenantRevoked) return;
        var ended = stored with { EndedAt = parts.Time.GetUtcNow(), EndReason = reason };
        await committed.CommitAsync(ended, cancellationToken);

        // It may have been read again meanwhile.
        _held.Record?.End(reason);
        _held.Leave();
        await Task.WhenAll(parts.Replication.WithdrawAsync(Id), MarkEndedAsync(reason, ended.EndedAt.Value, cancellationToken));
    }

    public async Task<bool> RotateAsync(ImmutableArray<byte> newSecretHash, CancellationToken cancellationToken)
    {
        var (_, state) = await _held.CurrentAsync();
        if (committed.Value is not { EndedAt: null } stored || state != SessionState.Live) return false;
        await _held.ReplaceAsync(stored with { SecretHash = newSecretHash }, cancellationToken);
        return true;
    }

    public async Task<SessionView?> AddFactorAsync(string method, ImmutableArray<byte> newSecretHash, CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow();
        var (live, state) = await _held.CurrentAsync();
        if (committed.Value is not { EndedAt: null } stored || live is null || state != SessionState.Live) return null;
        var renewed = live.Scope == SessionScope.Enrolment;
        await _held.ReplaceAsync(SessionRules.WithFactor(stored, method, renewed ? newSecretHash : null, now), cancellationToken);
        return renewed ? (await DescribeAsync(cancellationToken)).View : null;
    }

    public Task SetSubjectAsync(SessionSubject subject, CancellationToken cancellationToken) => _held.SetSubjectAsync(subject);

    public async Task ReportRefusedAsync(ImmutableArray<byte> secretHash, SessionState? elsewhere, ClientInfo client, CancellationToken cancellationToken)
    {
        var (live, current) = await _held.CurrentAsync();
        if (committed.Value is { } stored)
        {
            var state = live is null ? stored.EndReason : current;
            var reason = SessionAuditEntries.ReasonOf(secretHash.AsSpan(), stored, state, elsewhere);
            if (reason is not null) await parts.Audit.RecordAsync(stored.TenantId, SessionAuditEntries.Refused(Id, Owner, reason, client));

            // One that ran out is over in memory only, until the sweeper has written it: a clock that goes back must not find it gone from there.
            if (_held.Record is null) _held.Leave();
            return;
        }

        // Swept: the list of ended sessions still knows whose it was and why it ended.
        if (await parts.Table.FindEndAsync(Id, cancellationToken) is { } end)
        {
            var owner = SessionAuditEntries.OwnerOf(end.UserId, username: null);
            await parts.Audit.RecordAsync(end.TenantId, SessionAuditEntries.Refused(Id, owner, SnakeCase.Of(end.Reason), client));
        }

        _held.Leave();
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow();
        var (live, state) = await _held.CurrentAsync();
        if (live is not null && committed.Value is { EndedAt: null } stored)
        {
            if (state == SessionState.Live)
            {
                await parts.Reader.CorrectAsync(committed, live, stored, now, cancellationToken);
                return;
            }

            if (state is SessionState.Idle or SessionState.Absolute) await parts.Audit.RecordAsync(stored.TenantId, Expired(state));
            await parts.Table.EndAsync(Id, state, now, cancellationToken);
            await committed.ClearAsync(cancellationToken);
            await GrainFactory.UserInternal(stored.UserId).ForgetSessionAsync(Id);
        }
        else if (committed.Value is { EndedAt: { } endedAt } tombstone)
        {
            // One whose expiry was answered just before a stop is not in the log yet.
            if (tombstone.EndReason is SessionState.Idle or SessionState.Absolute) await parts.Audit.RecordAsync(tombstone.TenantId, Expired(tombstone.EndReason));
            await parts.Table.EndAsync(Id, tombstone.EndReason, endedAt, cancellationToken);
        }
        else
        {
            // The row of a session whose opening never finished, or whose state went before: nothing stands behind it.
            await parts.Table.EndAsync(Id, SessionState.Revoked, now, cancellationToken);
        }

        _held.LeaveNothing();
    }

    /// <summary>Expiries that were answered stay, also under a clock that is set back.</summary>
    public async Task ExpireAsync(CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow();
        if (_held.RunOut(now) is not { } ended) return;
        await parts.Audit.RecordAsync(ended.TenantId, Expired(ended.EndReason));
        await committed.CommitAsync(ended, cancellationToken);
        _held.Leave();
        await MarkEndedAsync(ended.EndReason, now, cancellationToken);
        await GrainFactory.UserInternal(ended.UserId).ForgetSessionAsync(Id);
    }

    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        if ((await _held.CurrentAsync()).State == SessionState.Live) return;
        if (committed.Value is not null) await committed.ClearAsync(cancellationToken);
        _held.LeaveNothing();
    }

    void IHeldActivation.Stay(TimeSpan time) => DelayDeactivation(time);

    void IHeldActivation.Go() => DeactivateOnIdle();

    private AuditParty Owner => SessionAuditEntries.OwnerOf(committed.Value!.UserId, _held.Record?.Subject.Username);

    private AuditEntry Expired(SessionState state) => SessionAuditEntries.Expired(Id, Owner, state);

    /// <summary>The process stops, perhaps to come back under another clock.</summary>
    private async Task TryExpireAsync()
    {
        if (_held.RunOut(parts.Time.GetUtcNow()) is not { } ended) return;
        try
        {
            await committed.CommitAsync(ended, CancellationToken.None);
        }
        catch (StorageUnavailableException failure)
        {
            NotListed(parts.Logger, failure);
        }
    }

    private async Task MarkEndedAsync(SessionState reason, DateTimeOffset endedAt, CancellationToken cancellationToken)
    {
        try
        {
            await parts.Table.EndAsync(Id, reason, endedAt, cancellationToken);
        }
        catch (StorageUnavailableException failure)
        {
            // The end itself is durable; the list is mended by the sweeper.
            NotListed(parts.Logger, failure);
        }
    }

    [LoggerMessage(EventName = "SessionEndNotListed", Level = LogLevel.Warning, Message = "A session has ended, but the list of sessions could not be updated yet")]
    private static partial void NotListed(ILogger logger, Exception failure);
}
