using System.Collections.Immutable;
using System.Net;
using Orleans.Concurrency;
using Platform.Snippets;

namespace Platform.Sessions;

/// <summary>Key: <see cref="SessionId"/>. Owns one session: its clocks, its secret's hash and its end.</summary>
[Alias("platform.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Opens the session; durable when this returns. Called by the user's grain, once per id. Null, and nothing opened, when all sessions of the tenant were
    /// ended since the sign-in began.
    /// </summary>
    [Alias("Open")]
    Task<SessionView?> OpenAsync(NewSession session, CancellationToken cancellationToken);

    /// <summary>Returns the session and extends nothing.</summary>
    /// <param name="secretHash">Of the secret in the token.</param>
    /// <param name="from">Where the request comes from.</param>
    /// <param name="page">The page that asks; null: none.</param>
    [Alias("Peek"), AlwaysInterleave, ResponseTimeout(ResponseTimeouts.Validation)]
    Task<SessionCheck> PeekAsync(ImmutableArray<byte> secretHash, IPAddress? from, PageOrigin? page, CancellationToken cancellationToken);

    /// <summary>A check on behalf of somebody else than the session's holder. IP rules do not apply, because they are about the holder's address.</summary>
    [Alias("Inspect"), AlwaysInterleave, ResponseTimeout(ResponseTimeouts.Validation)]
    Task<SessionCheck> InspectAsync(ImmutableArray<byte> secretHash, CancellationToken cancellationToken);

    /// <summary>Activity: extends the idle clock, never the absolute one.</summary>
    [Alias("Touch"), AlwaysInterleave, ResponseTimeout(ResponseTimeouts.Validation)]
    Task<SessionCheck> TouchAsync(ImmutableArray<byte> secretHash, IPAddress? from, PageOrigin? page, CancellationToken cancellationToken);

    /// <summary>Ends the session if the secret is its own; durable when this returns. Nothing happens to a dead session.</summary>
    [Alias("SignOut")]
    Task SignOutAsync(ImmutableArray<byte> secretHash, ClientInfo? client, CancellationToken cancellationToken);

    /// <summary>Ends the session for <paramref name="reason"/>; durable when this returns. Nothing happens to a dead session.</summary>
    [Alias("End"), ResponseTimeout(RecentlyReported)]
    Task EndAsync(SessionState reason, CancellationToken cancellationToken);

    /// <summary>Replaces the secret (ASVS 7.2.4): the old token is refused from then on. False when the session is dead.</summary>
    [Alias("Rotate")]
    Task<bool> RotateAsync(ImmutableArray<byte> newSecretHash, CancellationToken cancellationToken);

    /// <summary>
    /// A second factor was proven in the session. One that is limited to enrolment, from the start or by its tenant's policy, becomes a full one and gets the new secret (ASVS 7.2.4), for which it is
    /// answered; null when it was full before, under its old secret still, or is dead.
    /// </summary>
    [Alias("AddFactor")]
    Task<SessionView?> AddFactorAsync(string method, ImmutableArray<byte> newSecretHash, CancellationToken cancellationToken);

    /// <summary>Rights or name of the user changed; holds for the next validation.</summary>
    [Alias("SetSubject"), ResponseTimeout(RecentlyReported)]
    Task SetSubjectAsync(SessionSubject subject, CancellationToken cancellationToken);

    /// <summary>A host refused the session's genuine token: an entry in the access log of its tenant, with the reason. The host sees to it that one token makes one entry.</summary>
    /// <param name="secretHash">Of the secret in the token.</param>
    /// <param name="elsewhere">Why a session that lives was refused there: <see cref="SessionState.IpNotAllowed"/> or <see cref="SessionState.OriginNotAllowed"/>; otherwise null.</param>
    /// <param name="client">Who was refused.</param>
    [Alias("TellRefused")]
    Task ReportRefusedAsync(ImmutableArray<byte> secretHash, SessionState? elsewhere, ClientInfo client, CancellationToken cancellationToken);

    /// <summary>The session as it stands, without a secret: for the lists of its owner and of managers, which check rights themselves.</summary>
    [Alias("Describe"), AlwaysInterleave]
    Task<SessionCheck> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Called by the sweeper: takes an expired session out of memory and storage and lists it as ended. A live one stays.</summary>
    [Alias("Sweep")]
    Task SweepAsync(CancellationToken cancellationToken);

    /// <summary>Called by the sweeper after an expiry was answered: writes it, so that no clock that steps back revives the session after a restart.</summary>
    [Alias("Expire")]
    Task ExpireAsync(CancellationToken cancellationToken);

    /// <summary>Called by the sweeper when the retention of an ended session is over: nothing of it stays. A live one stays.</summary>
    [Alias("Forget")]
    Task ForgetAsync(CancellationToken cancellationToken);

    /// <summary>How long a user's grain waits for a call to a session. It leaves time to evict the session, so that the session reads the user's state.</summary>
    internal const string RecentlyReported = "00:00:03";
}
