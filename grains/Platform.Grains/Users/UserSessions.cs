using System.Collections.Immutable;
using Platform.Audit;
using Platform.Sessions;

namespace Platform.Users;

/// <summary>The list of sessions that may live. It is written before a session opens and before sessions are ended.</summary>
public sealed partial class UserGrain
{
    /// <summary>Ended by themselves (sign-out, expiry) since the last write; taken off the list with the next one.</summary>
    private readonly HashSet<SessionId> _ended = [];

    /// <summary>Writes <paramref name="next"/> with the session on its list, then opens it. Null when all sessions of the tenant were ended since the sign-in began.</summary>
    private async Task<SignInResult?> OpenAsync(StoredUser next, NewSession session, SessionTransport transport, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = PrefixedId.New<SessionId>(time);
        var sessions = next.Sessions.RemoveAll(s => s.AbsoluteExpiresAt <= now || _ended.Contains(s.Id));
        _ended.Clear();
        ImmutableArray<ListedSession> surplus = [];
        if (sessions.Length >= _options.MaxSessionsPerUser)
        {
            sessions = await WithoutDeadAsync(sessions, cancellationToken);
            surplus = [.. sessions.Take(sessions.Length - _options.MaxSessionsPerUser + 1)];
            sessions = sessions.RemoveRange(surplus);
        }

        var told = SignedIn(next, id, session.Client, surplus);
        await SaveAsync(
            // Who signs in has not forgotten: open reset links are cancelled.
            WaitingProofs.WithoutLink(next) with { Sessions = sessions.Add(new ListedSession(id, now + session.Policy.AbsoluteTimeout)) },
            told,
            cancellationToken);
        await EndAllAsync(surplus, SessionState.Revoked, cancellationToken);
        var opened = await GrainFactory.Session(id).OpenAsync(session, cancellationToken);
        if (opened is not null) return new SignInResult { Session = opened, Transport = transport };
        await audit.RecordAsync(next.TenantId, AuditLog.NotCompleted(told[0]));
        return null;
    }

    public Task<SessionSubject?> FindSubjectAsync(SessionId session, CancellationToken cancellationToken) =>
        Task.FromResult(state.Value is { Status: UserStatus.Active } user && user.Sessions.Any(s => s.Id == session) ? SubjectOf(user) : null);

    public Task ForgetSessionAsync(SessionId session)
    {
        _ended.Add(session);
        return Task.CompletedTask;
    }

    public async Task<Outcome> EndSessionAsync(Actor actor, SessionId session, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.ManageUsers, orSelf: true);
        if (refusal != Refusal.None) return refusal;
        if (state.Value!.Sessions.FirstOrDefault(s => s.Id == session) is not { } listed) return Refusal.NotFound;
        await EndListedAsync(actor, [listed], state.Value!, cancellationToken);
        return Outcome.Done;
    }

    public async Task<Outcome> EndSessionsAsync(Actor actor, SessionId? keep, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.ManageUsers, orSelf: true);
        if (refusal != Refusal.None) return refusal;
        var user = state.Value!;
        await EndListedAsync(actor, user.Sessions.RemoveAll(s => s.Id == keep), WaitingProofs.WithoutChallenges(user), cancellationToken);
        return Outcome.Done;
    }

    private static SessionSubject SubjectOf(StoredUser user) => new(user.Username, user.Permissions, user.Role);

    /// <summary>One write takes them off the list, which already keeps them from coming back; then each is ended where it lives.</summary>
    private async Task EndListedAsync(Actor actor, ImmutableArray<ListedSession> sessions, StoredUser user, CancellationToken cancellationToken)
    {
        if (sessions.IsEmpty && user == state.Value!) return;
        var told = Revoked(By(actor, user, AuditActions.SessionRevoked), sessions, RevokedReason);
        await SaveAsync(user with { Sessions = user.Sessions.RemoveRange(sessions) }, [.. told], cancellationToken);
        await EndAllAsync(sessions, SessionState.Revoked, cancellationToken);
    }

    private Task EndAllAsync(ImmutableArray<ListedSession> sessions, SessionState reason, CancellationToken cancellationToken) =>
        TellAsync(sessions, session => session.EndAsync(reason, cancellationToken));

    private Task PushSubjectAsync(StoredUser user, CancellationToken cancellationToken) =>
        TellAsync(user.Sessions, session => session.SetSubjectAsync(SubjectOf(user), cancellationToken));

    /// <summary>
    /// What this grain has written counts. A session that does not answer is taken out of every node's memory, and reads it before it is looked at again: its grain may be on a
    /// node that stands still, and whoever asks again must not hear "done" only because it is written.
    /// </summary>
    private async Task TellAsync(ImmutableArray<ListedSession> sessions, Func<ISessionGrain, Task> tell)
    {
        var answered = await Task.WhenAll(sessions.Select(async session =>
        {
            try
            {
                await tell(GrainFactory.Session(session.Id));
                return true;
            }
            catch (Exception failure) when (failure is TimeoutException or OrleansException)
            {
                return false;
            }
        }));
        if (!answered.All(it => it)) await recall.RecallAsync([.. sessions.Where((_, i) => !answered[i]).Select(session => session.Id)]);
    }

    private async Task<ImmutableArray<ListedSession>> WithoutDeadAsync(ImmutableArray<ListedSession> sessions, CancellationToken cancellationToken)
    {
        var checks = await Task.WhenAll(sessions.Select(s => GrainFactory.Session(s.Id).DescribeAsync(cancellationToken)));
        return [.. sessions.Where((_, i) => checks[i].State == SessionState.Live)];
    }
}
