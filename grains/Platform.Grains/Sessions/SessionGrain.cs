using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Internal;
using Platform.Listing;
using Platform.Snippets;
using Platform.State;
using Platform.Tenants;
using Platform.Text;
using Platform.Users;

namespace Platform.Sessions;

/// <summary>
/// Owns one session. Publishes it to <see cref="LiveSessions"/> while it lives, so that validations in this process need no grain call;
/// stays in memory until the session ends.
/// </summary>
public sealed partial class SessionGrain(
    [CommittedState(StateNames.Session)] Committed<StoredSession> committed,
    LiveSessions liveSessions,
    ActivityWriter activity,
    ISessionTable table,
    AuditLog audit,
    LiveTenantLookup tenants,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private SessionId _id;
    private LiveSession? _live;
    private bool _lived;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = PrefixedId.Parse<SessionId>(this.GetPrimaryKeyString());
        if (committed.Value is not { EndedAt: null } stored) return;
        if (await tenants.FindAsync(stored.TenantId, cancellationToken) is not { } tenant) return;
        var live = await ReadAsync(stored, tenant, stored.CreatedAt, cancellationToken);

        // Orleans does not deactivate an activation that it gives up while it starts, so nothing may be registered before the end of this method.
        cancellationToken.ThrowIfCancellationRequested();
        Hold(live);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _leaving = true;
        if (_live is null) return;
        liveSessions.Remove(_live);
        await TryExpireAsync(_live);

        // Without the token: it is cancelled when a stop takes long, and the clock would be lost although the writer is about to save it.
        if (_live.Withdraw() is { } unsaved) await activity.SaveAsync(new SessionActivity(_id, unsaved), CancellationToken.None);
    }

    public async Task<SessionView?> OpenAsync(NewSession session, CancellationToken cancellationToken)
    {
        if (committed.Value is not null) throw new InvalidOperationException("A session id is never used twice.");
        if (await tenants.FindAsync(session.TenantId, cancellationToken) is not { } tenant || tenant.Policy.Epoch != session.TenantEpoch)
        {
            Leave();
            return null;
        }

        var stored = new StoredSession
        {
            TenantId = session.TenantId,
            UserId = session.UserId,
            SecretHash = session.SecretHash,
            IdleTimeout = session.Policy.IdleTimeout,
            AbsoluteTimeout = session.Policy.AbsoluteTimeout,
            CreatedAt = time.GetUtcNow(),
            AuthenticationMethods = session.AuthenticationMethods,
            TenantEpoch = session.TenantEpoch,
            Scope = session.Scope,
            SecondFactorAt = session.SecondFactorAt,
            Page = session.Page,
        };

        // Row first, so that a crash in between leaves a row for the sweeper and no state that nobody lists; one group commit takes both.
        var listed = table.AddAsync(
            new SessionRow(_id, session.TenantId, session.UserId, stored.CreatedAt, session.Policy, session.Client), cancellationToken);
        await committed.CommitAsync(stored, cancellationToken);
        await listed;
        var live = new LiveSession(liveSessions, tenant, OriginOf(stored), session.Subject, stored.CreatedAt);
        Hold(live);
        return live.ToView();
    }

    public Task<SessionCheck> PeekAsync(ImmutableArray<byte> secretHash, IPAddress? from, PageOrigin? page, CancellationToken cancellationToken) =>
        CheckAsync(live => live.Peek(secretHash.AsSpan(), from, time.GetUtcNow(), page));

    public Task<SessionCheck> InspectAsync(ImmutableArray<byte> secretHash, CancellationToken cancellationToken) =>
        CheckAsync(live => live.Evaluate(secretHash.AsSpan(), time.GetUtcNow()));

    public Task<SessionCheck> TouchAsync(ImmutableArray<byte> secretHash, IPAddress? from, PageOrigin? page, CancellationToken cancellationToken) =>
        CheckAsync(live => live.Touch(secretHash.AsSpan(), from, time.GetUtcNow(), page));

    public Task<SessionCheck> DescribeAsync(CancellationToken cancellationToken) => CheckAsync(live => live.Evaluate(time.GetUtcNow()));

    public async Task SignOutAsync(ImmutableArray<byte> secretHash, ClientInfo? client, CancellationToken cancellationToken)
    {
        if ((await InspectAsync(secretHash, cancellationToken)).State != SessionState.Live) return;
        var told = AuditEntry.ByOwner(Owner, AuditActions.SessionSignedOut, client) with { Session = _id };
        await audit.RecordThenAsync(committed.Value!.TenantId, [told], () => EndAsync(SessionState.SignedOut, cancellationToken));
        await GrainFactory.UserInternal(committed.Value!.UserId).ForgetSessionAsync(_id);
    }

    public async Task EndAsync(SessionState reason, CancellationToken cancellationToken)
    {
        if (committed.Value is not { EndedAt: null } stored || _live is not { } live)
        {
            Leave();
            return;
        }

        if (live.Evaluate(time.GetUtcNow()) is SessionState.Idle or SessionState.Absolute or SessionState.TenantRevoked) return;
        var ended = stored with { EndedAt = time.GetUtcNow(), EndReason = reason };
        await committed.CommitAsync(ended, cancellationToken);

        // It may have been read again meanwhile.
        _live?.End(reason);
        Leave();
        await MarkEndedAsync(reason, ended.EndedAt.Value, cancellationToken);
    }

    public async Task<bool> RotateAsync(ImmutableArray<byte> newSecretHash, CancellationToken cancellationToken)
    {
        var (_, state) = await CurrentAsync();
        if (committed.Value is not { EndedAt: null } stored || state != SessionState.Live) return false;
        await ReplaceAsync(stored with { SecretHash = newSecretHash }, cancellationToken);
        return true;
    }

    public async Task<SessionView?> AddFactorAsync(string method, ImmutableArray<byte> newSecretHash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (live, state) = await CurrentAsync();
        if (committed.Value is not { EndedAt: null } stored || live is null || state != SessionState.Live) return null;
        var renewed = live.Scope == SessionScope.Enrolment;
        var methods = stored.AuthenticationMethods;
        await ReplaceAsync(
            stored with
            {
                Scope = SessionScope.Full,
                SecondFactorAt = now,
                AuthenticationMethods = methods.Contains(method) ? methods : methods.Add(method),
                SecretHash = renewed ? newSecretHash : stored.SecretHash,
            },
            cancellationToken);
        return renewed ? (await DescribeAsync(cancellationToken)).View : null;
    }

    public Task SetSubjectAsync(SessionSubject subject, CancellationToken cancellationToken)
    {
        _told++;
        if (_live is not null) _live.Subject = subject;
        return Task.CompletedTask;
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (live, state) = await CurrentAsync();
        if (live is not null && committed.Value is { EndedAt: null } stored)
        {
            if (state == SessionState.Live)
            {
                await CorrectAsync(live, stored, now, cancellationToken);
                return;
            }

            if (state is SessionState.Idle or SessionState.Absolute) await audit.RecordAsync(stored.TenantId, Expired(state));
            await table.EndAsync(_id, state, now, cancellationToken);
            await committed.ClearAsync(cancellationToken);
            await GrainFactory.UserInternal(stored.UserId).ForgetSessionAsync(_id);
        }
        else if (committed.Value is { EndedAt: { } endedAt } tombstone)
        {
            // One whose expiry was answered just before a stop is not in the log yet.
            if (tombstone.EndReason is SessionState.Idle or SessionState.Absolute) await audit.RecordAsync(tombstone.TenantId, Expired(tombstone.EndReason));
            await table.EndAsync(_id, tombstone.EndReason, endedAt, cancellationToken);
        }
        else
        {
            // The row of a session whose opening never finished, or whose state went before: nothing stands behind it.
            await table.EndAsync(_id, SessionState.Revoked, now, cancellationToken);
        }

        LeaveNothing();
    }

    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        if ((await CurrentAsync()).State == SessionState.Live) return;
        if (committed.Value is not null) await committed.ClearAsync(cancellationToken);
        LeaveNothing();
    }

    /// <summary>Whose session it is; without a name where the user's grain was not asked, because the session was over.</summary>
    private AuditParty Owner => new(AuditParties.User, committed.Value!.UserId.ToString(), _live?.Subject.Username is { Length: > 0 } name ? name : null);

    private AuditEntry Expired(SessionState state) =>
        AuditEntry.BySystem(AuditActions.SessionExpired, Owner) with { Session = _id, Reason = SnakeCase.Of(state) };

    private LiveSessionOrigin OriginOf(StoredSession stored) => new(
        _id,
        stored.TenantId,
        stored.UserId,
        stored.SecretHash,
        stored.AbsoluteTimeout,
        stored.CreatedAt,
        stored.AuthenticationMethods,
        stored.TenantEpoch,
        stored.Scope,
        stored.SecondFactorAt,
        stored.Page);

    /// <summary>A record of what counts now.</summary>
    /// <param name="stored">As it was committed.</param>
    /// <param name="tenant">The tenant whose policy applies.</param>
    /// <param name="notBefore">It was active then; the list may know of a later time.</param>
    /// <param name="cancellationToken">Of the call.</param>
    private async Task<LiveSession> ReadAsync(StoredSession stored, LiveTenant tenant, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        var listed = await table.FindActivityAsync(_id, cancellationToken) ?? notBefore;
        var now = time.GetUtcNow();
        var lastActivity = StoredTime.Past(listed > notBefore ? listed : notBefore, now);
        var live = new LiveSession(liveSessions, tenant, OriginOf(AsOf(stored, now)), new SessionSubject("", Permissions.None), lastActivity);
        if (live.Evaluate(now) != SessionState.Live) return live;

        // The user's list is the authority on what was ended while this session was not in memory, or could not be reached.
        var subject = await GrainFactory.UserInternal(stored.UserId).FindSubjectAsync(_id, cancellationToken);
        if (subject is null) live.End(SessionState.Revoked);
        else live.Subject = subject;
        return live;
    }

    /// <summary>Writes the state and puts a record of it in the old one's place.</summary>
    private async Task ReplaceAsync(StoredSession next, CancellationToken cancellationToken)
    {
        await committed.CommitAsync(next, cancellationToken);

        // One that was taken back meanwhile is read again with what was just written; one that ran out stays so.
        if (_live is not { } old || !old.TryEvict(out var unsaved)) return;
        var fresh = new LiveSession(liveSessions, old.Tenant, OriginOf(next), old.Subject, old.RecalledActivity);
        if (unsaved is not null) fresh.ReturnUnsaved();
        Hold(fresh);
    }

    /// <summary>Keeps the activation for the life of the session: validations that read the record are invisible to idle collection.</summary>
    private void Hold(LiveSession live)
    {
        if (_leaving) return;
        _live = live;
        var now = time.GetUtcNow();
        if (live.Evaluate(now) != SessionState.Live) return;
        liveSessions.Publish(live);
        _lived = true;
        DelayDeactivation(live.AbsoluteExpiresAt - now);
    }

    /// <summary>
    /// Dead or unknown: nothing stays in memory for whoever asks again. Those who asked while it lived still come for a moment: of calls that meet a leaving
    /// activation some are turned away (503), so it answers them, and idle collection takes it soon.
    /// </summary>
    private void Leave()
    {
        if (_live is not null) liveSessions.Remove(_live);
        DelayDeactivation(TimeSpan.Zero);
        if (!_lived) DeactivateOnIdle();
    }

    /// <summary>For one of which nothing is to be known any more.</summary>
    private void LeaveNothing()
    {
        Leave();
        _live = null;
        DeactivateOnIdle();
    }

    private async Task MarkEndedAsync(SessionState reason, DateTimeOffset endedAt, CancellationToken cancellationToken)
    {
        try
        {
            await table.EndAsync(_id, reason, endedAt, cancellationToken);
        }
        catch (StorageUnavailableException failure)
        {
            // The end itself is durable; the list is mended by the sweeper.
            NotListed(logger, failure);
        }
    }

    [LoggerMessage(EventName = "SessionEndNotListed", Level = LogLevel.Warning, Message = "A session has ended, but the list of sessions could not be updated yet")]
    private static partial void NotListed(ILogger logger, Exception failure);
}
