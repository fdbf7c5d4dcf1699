using Platform.Audit;
using Platform.Text;

namespace Platform.Sessions;

/// <summary>Entries for the access log about a session.</summary>
internal static class SessionAuditEntries
{
    private const string ReplacedReason = "token_replaced";

    /// <param name="user">Whose session it is.</param>
    /// <param name="username">Empty where the user's grain was not asked, because the session was over.</param>
    public static AuditParty OwnerOf(UserId user, string? username) => new(AuditParties.User, user.ToString(), username is { Length: > 0 } ? username : null);

    public static AuditEntry SignedOut(SessionId id, AuditParty owner, ClientInfo? client) => AuditEntry.ByOwner(owner, AuditActions.SessionSignedOut, client) with { Session = id };

    public static AuditEntry Expired(SessionId id, AuditParty owner, SessionState state) =>
        AuditEntry.BySystem(AuditActions.SessionExpired, owner) with { Session = id, Reason = SnakeCase.Of(state) };

    /// <summary>By nobody that is known: whoever holds the token of a session need not be its owner.</summary>
    public static AuditEntry Refused(SessionId id, AuditParty owner, string reason, ClientInfo client) =>
        AuditEntry.ByAnybody(AuditActions.SessionRefused, owner, client) with { Session = id, Outcome = AuditOutcome.Failure, Reason = reason };

    /// <summary>Why a host refused a genuine token; null: as far as this grain knows it had no reason to.</summary>
    /// <param name="secretHash">Of the token's secret.</param>
    /// <param name="stored">The session.</param>
    /// <param name="state">What it is now.</param>
    /// <param name="elsewhere">Why a session that lives was refused at the host.</param>
    public static string? ReasonOf(ReadOnlySpan<byte> secretHash, StoredSession stored, SessionState state, SessionState? elsewhere) =>
        !stored.SecretHash.AsSpan().SequenceEqual(secretHash) ? ReplacedReason
        : state is not (SessionState.Live or SessionState.Unknown) ? SnakeCase.Of(state)
        : elsewhere is { } refusedAs ? SnakeCase.Of(refusedAs) : null;
}
