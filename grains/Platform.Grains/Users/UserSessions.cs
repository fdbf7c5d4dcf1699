using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Users;

/// <summary>The list of sessions that may live. It is written before a session opens and before sessions are ended.</summary>
internal sealed class UserSessions(
    UserAccess access, IGrainFactory grains, SessionEviction eviction, SignInNotices notices, AuditLog audit, IOptions<SessionOptions> options, TimeProvider time)
{
    private readonly SessionOptions _options = options.Value;

    /// <summary>
    /// Writes <paramref name="next"/> with the session on its list, then opens it. Null when all sessions of the tenant were ended since the sign-in began.
    /// <paramref name="before"/>: what else the same write does.
    /// </summary>
    public async Task<SignInResult?> OpenAsync(
        CommittedUser account, StoredUser next, NewSession session, SessionTransport transport, CancellationToken cancellationToken, ImmutableArray<AuditEntry> before = default)
    {
        var now = time.GetUtcNow();
        var id = PrefixedId.New<SessionId>(time);
        var sessions = next.Sessions.RemoveAll(s => s.AbsoluteExpiresAt <= now || account.EndedSessions.Contains(s.Id));
        account.EndedSessions.Clear();
        ImmutableArray<ListedSession> surplus = [];
        if (sessions.Length >= _options.MaxSessionsPerUser)
        {
            sessions = await WithoutDeadAsync(sessions, cancellationToken);
            surplus = [.. sessions.Take(sessions.Length - _options.MaxSessionsPerUser + 1)];
            sessions = sessions.RemoveRange(surplus);
        }

        var (seen, tell) = SignInHistory.With(next.SignIns, session.Client, now);
        var listed = new ListedSession(id, now + session.Policy.AbsoluteTimeout) { EndSecretHash = tell ? await notices.TellAsync(account.Id, next, session.Client, now, cancellationToken) : null };
        var entries = UserAuditEntries.SignedIn(account.Id, next, id, session.Client, surplus);
        await account.SaveAsync(
            // Who signs in has not forgotten: open reset links are cancelled.
            EmailRules.Pruned(WaitingProofs.WithoutLink(next), now) with { Sessions = sessions.Add(listed), SignIns = seen },
            before.IsDefault ? entries : [.. before, .. entries],
            cancellationToken);
        await EndAllAsync(surplus, SessionState.Revoked, cancellationToken);
        var opened = await grains.Session(id).OpenAsync(session, cancellationToken);
        if (opened is not null) return new SignInResult { Session = opened, Transport = transport };
        await audit.RecordAsync(next.TenantId, AuditLog.NotCompleted(entries[0]));
        return null;
    }

    public async Task<Outcome> EndAsync(CommittedUser account, Actor actor, SessionId session, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseUnlessOwnAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        if (user.Sessions.FirstOrDefault(s => s.Id == session) is not { } listed) return Refusal.NotFound;
        await EndListedAsync(account, actor, [listed], user, cancellationToken);
        return Outcome.Done;
    }

    /// <summary>Of whoever has the link nothing is asked: it ends a session and gives nothing. What the session may have begun ends with it.</summary>
    public async Task<Outcome> EndByLinkAsync(CommittedUser account, SessionEndLink link, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(link.SecretHash.AsSpan());
        if (account.Present is not { } user || user.Sessions.FirstOrDefault(s => s.EndSecretHash == hash && s.AbsoluteExpiresAt > time.GetUtcNow()) is not { } listed) return Refusal.InvalidToken;
        var entry = AuditEntry.ByOwner(UserAuditEntries.PartyOf(account.Id, user), AuditActions.SessionRevoked, link.Client) with { Session = listed.Id, Reason = UserAuditEntries.NoticeReason };
        await account.SaveAsync(WaitingProofs.WithoutWhatSessionsBegan(user) with { Sessions = user.Sessions.Remove(listed) }, [entry], cancellationToken);
        await EndAllAsync([listed], SessionState.Revoked, cancellationToken);
        return Outcome.Done;
    }

    public async Task<Outcome> EndAllButAsync(CommittedUser account, Actor actor, SessionId? keep, CancellationToken cancellationToken)
    {
        var refusal = await access.RefuseUnlessOwnAsync(account, actor, cancellationToken);
        if (refusal != Refusal.None) return refusal;
        var user = account.Stored!;
        await EndListedAsync(account, actor, user.Sessions.RemoveAll(s => s.Id == keep), WaitingProofs.WithoutWhatSessionsBegan(user), cancellationToken);
        return Outcome.Done;
    }

    public Task EndAllAsync(ImmutableArray<ListedSession> sessions, SessionState reason, CancellationToken cancellationToken) =>
        PublishAsync(sessions, session => session.EndAsync(reason, cancellationToken));

    public Task PushSubjectAsync(StoredUser user, CancellationToken cancellationToken) =>
        PublishAsync(user.Sessions, session => session.SetSubjectAsync(UserAccount.SubjectOf(user), cancellationToken));

    /// <summary>One write takes them off the list, which already keeps them from coming back; then each is ended where it lives.</summary>
    private async Task EndListedAsync(CommittedUser account, Actor actor, ImmutableArray<ListedSession> sessions, StoredUser user, CancellationToken cancellationToken)
    {
        if (sessions.IsEmpty && user == account.Stored!) return;
        var entries = UserAuditEntries.Revoked(actor, account.Id, user, sessions);
        await account.SaveAsync(user with { Sessions = user.Sessions.RemoveRange(sessions) }, entries, cancellationToken);
        await EndAllAsync(sessions, SessionState.Revoked, cancellationToken);
    }

    /// <summary>
    /// What the user's grain has written counts. Every node drops a session that does not answer from memory, and the session reads this state before anyone can validate it again: its
    /// grain may be on a node that stands still, and whoever asks again must not hear "done" only because it is written.
    /// </summary>
    private async Task PublishAsync(ImmutableArray<ListedSession> sessions, Func<ISessionGrain, Task> publish)
    {
        var answered = await Task.WhenAll(sessions.Select(async session =>
        {
            try
            {
                await publish(grains.Session(session.Id));
                return true;
            }
            catch (Exception failure) when (failure is TimeoutException or OrleansException)
            {
                return false;
            }
        }));
        if (!answered.All(it => it)) await eviction.EvictAsync([.. sessions.Where((_, i) => !answered[i]).Select(session => session.Id)]);
    }

    private async Task<ImmutableArray<ListedSession>> WithoutDeadAsync(ImmutableArray<ListedSession> sessions, CancellationToken cancellationToken)
    {
        var checks = await Task.WhenAll(sessions.Select(s => grains.Session(s.Id).DescribeAsync(cancellationToken)));
        return [.. sessions.Where((_, i) => checks[i].State == SessionState.Live)];
    }
}
