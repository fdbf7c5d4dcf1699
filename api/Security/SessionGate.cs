using Platform.Sessions;
using Platform.Telemetry;

namespace Platform.Api.Security;

/// <summary>What is asked of the gate.</summary>
internal enum Look
{
    /// <summary>Live or not; nothing else is made.</summary>
    State,

    /// <summary>With a view; extends nothing.</summary>
    Peek,

    /// <summary>With a view; extends the idle clock.</summary>
    Touch,
}

/// <summary>
/// The hot path: opens the token, looks the session up in this process and asks its grain only where it is not here.
/// </summary>
/// <remarks>
/// A live session in memory costs one decryption, one hash, one lookup and no allocation but the view, if one is wanted. No lock, no database, no log.
/// Outages are exceptions: nobody is signed out because something could not be asked.
/// A session that is limited to setting up a second factor is not live here unless the caller says that it will do (threat T19).
/// </remarks>
internal sealed class SessionGate(TokenKeyRing ring, LiveSessions live, DeadTokens dead, IGrainFactory grains, PlatformMetrics metrics, TimeProvider time)
{
    public ValueTask<SessionCheck> CheckAsync(ReadOnlyMemory<char> token, Look look, CancellationToken cancellationToken, bool mayEnrol = false)
    {
        Span<byte> hash = stackalloc byte[SessionToken.HashSize];
        var now = time.GetUtcNow();
        var outcome = ring.TryOpen(token.Span, now, hash, out var id);
        if (outcome == TokenOutcome.UnknownKey) return ReadKeysAndCheckAsync(token, look, mayEnrol, cancellationToken);
        if (outcome != TokenOutcome.Opened || dead.Contains(hash)) return new(Counted(default));
        if (live.TryGet(id, out var session) && Local(session, hash, look, mayEnrol, now) is { } check) return new(Counted(check));
        return AskAsync(id, ImmutableArray.Create<byte>(hash), look, mayEnrol, cancellationToken);
    }

    /// <summary>Opens a token for its holder's sign-out. False for whatever is not a genuine token.</summary>
    public async ValueTask<bool> SignOutAsync(ReadOnlyMemory<char> token, CancellationToken cancellationToken)
    {
        if (Open(token.Span) is not { } opened)
        {
            if (!await ring.TryReadAgainAsync(cancellationToken) || Open(token.Span) is not { } found) return false;
            opened = found;
        }

        if (opened.Hash.IsDefault || dead.Contains(opened.Hash.AsSpan())) return false;
        await grains.Session(opened.Id).SignOutAsync(opened.Hash, cancellationToken);
        return true;
    }

    /// <summary>Null: the record was taken back, its grain decides.</summary>
    private static SessionCheck? Local(LiveSession session, ReadOnlySpan<byte> hash, Look look, bool mayEnrol, DateTimeOffset now)
    {
        if (session.Origin.Scope != SessionScope.Full && !mayEnrol)
        {
            // What is refused is no activity either.
            return session.Peek(hash, now) is { } limited ? new(limited == SessionState.Live ? SessionState.EnrolmentOnly : limited, null) : null;
        }

        if ((look == Look.Touch ? session.Touch(hash, now) : session.Peek(hash, now)) is not { } state) return null;
        if (state != SessionState.Live || look == Look.State) return new(state, null);
        return session.ToView() is { } view ? new(state, view) : session.Evaluate(now) is { } ended ? new(ended, null) : null;
    }

    private async ValueTask<SessionCheck> AskAsync(SessionId id, ImmutableArray<byte> hash, Look look, bool mayEnrol, CancellationToken cancellationToken)
    {
        var grain = grains.Session(id);
        var check = look == Look.Touch ? await grain.TouchAsync(hash, cancellationToken) : await grain.PeekAsync(hash, cancellationToken);
        if (check.State != SessionState.Live) dead.Add(hash.AsSpan());
        return Counted(check.View is { Scope: not SessionScope.Full } && !mayEnrol ? new SessionCheck(SessionState.EnrolmentOnly, null) : check);
    }

    private async ValueTask<SessionCheck> ReadKeysAndCheckAsync(ReadOnlyMemory<char> token, Look look, bool mayEnrol, CancellationToken cancellationToken)
    {
        if (!await ring.TryReadAgainAsync(cancellationToken)) return Counted(default);
        return Open(token.Span) is { Hash.IsDefault: false } opened
            ? await AskAsync(opened.Id, opened.Hash, look, mayEnrol, cancellationToken)
            : Counted(default);
    }

    /// <summary>Null for an unknown key; no hash for whatever is not a genuine token.</summary>
    private (SessionId Id, ImmutableArray<byte> Hash)? Open(ReadOnlySpan<char> token)
    {
        Span<byte> hash = stackalloc byte[SessionToken.HashSize];
        return ring.TryOpen(token, time.GetUtcNow(), hash, out var id) switch
        {
            TokenOutcome.Opened => (id, ImmutableArray.Create<byte>(hash)),
            TokenOutcome.Invalid => (default, default),
            _ => null,
        };
    }

    private SessionCheck Counted(SessionCheck check)
    {
        metrics.Validated(check.State);
        return check;
    }
}
