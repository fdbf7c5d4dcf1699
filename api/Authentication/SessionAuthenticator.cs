using System.Net;
using Platform.Api.DeniedRequests;
using Platform.Api.Tokens;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Telemetry;

namespace Platform.Api.Authentication;

/// <summary>The kinds of checks, by what they return and extend.</summary>
internal enum SessionCheckMode
{
    /// <summary>Live or not; nothing else is made.</summary>
    Validate,

    /// <summary>Returns a view; extends nothing.</summary>
    Peek,

    /// <summary>Returns a view; extends the idle clock.</summary>
    Touch,

    /// <summary>Returns a view to somebody else than the holder, whatever the address; extends nothing.</summary>
    Introspect,
}

/// <param name="Mode">What is wanted of the session.</param>
/// <param name="From">Where the request comes from.</param>
/// <param name="MayEnrol">A session that is limited to setting up a second factor will do.</param>
/// <param name="Page">The page that asks through a snippet; null: none does.</param>
/// <param name="Holder">The request of the token's holder, for the access log of a refusal; null when a third party introspects the token: then nothing is logged.</param>
internal readonly record struct SessionCheckRequest(SessionCheckMode Mode, IPAddress? From, bool MayEnrol = false, HttpContext? Holder = null, PageOrigin? Page = null);

/// <summary>
/// The hot path: opens the token, looks the session up in this process, itself or a replica of it, and asks its grain only where neither is here.
/// </summary>
/// <remarks>
/// A live session in memory costs one decryption, one hash, one lookup and no allocation but the view, if one is wanted. No lock, no database, no log.
/// Outages are exceptions: nobody is signed out because something could not be asked.
/// A session that is limited to setting up a second factor is not live here unless the caller says that it will do (threat T19).
/// </remarks>
internal sealed class SessionAuthenticator(
    TokenKeyRing ring, LiveSessions live, SessionReplicas replicas, RejectedTokenCache rejected, DeniedRequestQueue refused, IGrainFactory grains, PlatformMetrics metrics, TimeProvider time)
{
    public ValueTask<SessionCheck> CheckAsync(ReadOnlyMemory<char> token, SessionCheckRequest request, CancellationToken cancellationToken)
    {
        Span<byte> hash = stackalloc byte[SessionToken.HashSize];
        var now = time.GetUtcNow();
        var outcome = ring.TryOpen(token.Span, now, hash, out var id);
        if (outcome == TokenOutcome.UnknownKey) return ReadKeysAndCheckAsync(token, request, cancellationToken);
        if (outcome != TokenOutcome.Opened) return new(Count(default));
        if (rejected.Contains(hash)) return new(Answer(default, id, hash, request));
        if (live.TryGet(id, out var session) && Local(session, hash, request, now) is { } check) return new(Answer(check, id, hash, request));
        if (replicas.TryGet(id, out var replica) && FromReplica(replica, hash, request, now) is { } accepted) return new(Count(accepted));
        return AskAsync(id, ImmutableArray.Create<byte>(hash), request, cancellationToken);
    }

    /// <summary>Opens a token for its holder's sign-out. False for whatever is not a genuine token.</summary>
    public async ValueTask<bool> SignOutAsync(ReadOnlyMemory<char> token, ClientInfo client, CancellationToken cancellationToken)
    {
        if (Open(token.Span) is not { } opened)
        {
            if (!await ring.TryReadAgainAsync(cancellationToken) || Open(token.Span) is not { } found) return false;
            opened = found;
        }

        if (opened.Hash.IsDefault || rejected.Contains(opened.Hash.AsSpan())) return false;
        await grains.Session(opened.Id).SignOutAsync(opened.Hash, client, cancellationToken);
        return true;
    }

    /// <summary>Null: the record was taken back, its grain decides.</summary>
    private static SessionCheck? Local(LiveSession session, ReadOnlySpan<byte> hash, SessionCheckRequest request, DateTimeOffset now)
    {
        if (session.Scope != SessionScope.Full && !request.MayEnrol)
        {
            // What is refused is no activity either.
            return session.Peek(hash, request.From, now, request.Page) is { } limited ? new(limited == SessionState.Live ? SessionState.EnrolmentOnly : limited, null) : null;
        }

        var judged = request.Mode switch
        {
            SessionCheckMode.Touch => session.Touch(hash, request.From, now, request.Page),
            SessionCheckMode.Introspect => session.Evaluate(hash, now),
            _ => session.Peek(hash, request.From, now, request.Page),
        };
        if (judged is not { } state) return null;
        if (state != SessionState.Live || request.Mode == SessionCheckMode.Validate) return new(state, null);
        if (session.ToView() is { } view) return LimitToRequest(new(state, view), request);
        return session.Evaluate(now) is { } ended ? new(ended, null) : null;
    }

    /// <summary>Null: its owner decides. A replica accepts only; whom it would refuse, or what its silo has to hear of first, is asked there.</summary>
    private static SessionCheck? FromReplica(SessionReplica replica, ReadOnlySpan<byte> hash, SessionCheckRequest request, DateTimeOffset here)
    {
        if (!replica.TryGetTime(here, out var now) || request.Mode == SessionCheckMode.Touch && !replica.MayExtend(now)) return null;
        try
        {
            return Local(replica.Session, hash, request, now) is { State: SessionState.Live or SessionState.EnrolmentOnly } check ? check : null;
        }
        catch (LeaseExpiredException)
        {
            // Since it was looked at. The way to its silo may be shorter than the lease.
            return null;
        }
    }

    private async ValueTask<SessionCheck> AskAsync(SessionId id, ImmutableArray<byte> hash, SessionCheckRequest request, CancellationToken cancellationToken)
    {
        var grain = grains.Session(id);
        var check = request.Mode switch
        {
            SessionCheckMode.Touch => await grain.TouchAsync(hash, request.From, request.Page, cancellationToken),
            SessionCheckMode.Introspect => await grain.InspectAsync(hash, cancellationToken),
            _ => await grain.PeekAsync(hash, request.From, request.Page, cancellationToken),
        };

        // Refused here, it lives on elsewhere.
        if (check.Silo is { } silo && !live.TryGet(id, out _)) replicas.Want(id, silo);
        if (check.State is not (SessionState.Live or SessionState.IpNotAllowed or SessionState.OriginNotAllowed)) rejected.Add(hash.AsSpan());
        return Answer(LimitToRequest(check, request), id, hash.AsSpan(), request);
    }

    /// <summary>The view says what the session is good for at the moment at which it was made.</summary>
    private static SessionCheck LimitToRequest(SessionCheck check, SessionCheckRequest request) =>
        check.View is { Scope: not SessionScope.Full } && !request.MayEnrol ? new SessionCheck(SessionState.EnrolmentOnly, null) : check;

    private async ValueTask<SessionCheck> ReadKeysAndCheckAsync(ReadOnlyMemory<char> token, SessionCheckRequest request, CancellationToken cancellationToken)
    {
        if (!await ring.TryReadAgainAsync(cancellationToken)) return Count(default);
        return Open(token.Span) is { Hash.IsDefault: false } opened
            ? await AskAsync(opened.Id, opened.Hash, request, cancellationToken)
            : Count(default);
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

    /// <summary>Counts, and reports a genuine token that is refused.</summary>
    private SessionCheck Answer(SessionCheck check, SessionId id, ReadOnlySpan<byte> hash, SessionCheckRequest request)
    {
        if (check.State is not (SessionState.Live or SessionState.EnrolmentOnly) && request.Holder is { } holder)
        {
            refused.ReportRejected(id, hash, check.State is SessionState.IpNotAllowed or SessionState.OriginNotAllowed ? check.State : null, holder);
        }

        return Count(check);
    }

    private SessionCheck Count(SessionCheck check)
    {
        metrics.Validated(check.State);
        return check;
    }
}
