namespace Platform.Sessions;

/// <summary>A session as its grain wrote it at opening.</summary>
internal sealed record SessionRow(
    SessionId Id,
    TenantId TenantId,
    UserId UserId,
    DateTimeOffset CreatedAt,
    SessionPolicy Policy,
    ClientInfo Client);

/// <summary>Whose an ended session was, and why it ended.</summary>
internal sealed record SessionEnd(TenantId TenantId, UserId UserId, SessionState Reason);

/// <summary>A session not marked as ended. <see cref="Key"/> is its place in the list of its tenant.</summary>
internal sealed record OpenSession(SessionId Id, UserId UserId, string? Ip)
{
    public string Key => $"{UserId}/{Id}";
}
