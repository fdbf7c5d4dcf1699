using System.Text.Json.Serialization;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Api.Sessions;

internal sealed record SignInBody
{
    /// <summary>Slug or id.</summary>
    public required string Tenant { get; init; }

    public required string Username { get; init; }

    public required string Password { get; init; }

    /// <summary>Where the session's token goes: <c>cookie</c> (default) or <c>token</c>.</summary>
    public SessionTransport? Transport { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(SignInBody);
}

internal enum SessionTransport
{
    Cookie = 0,
    Token = 1,
}

/// <summary>The answer to a completed sign-in; <see cref="Token"/> only where it was asked for.</summary>
internal sealed record SignedInBody(
    string Status,
    SessionBody Session,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token)
{
    /// <summary>Prints no token.</summary>
    public override string ToString() => nameof(SignedInBody);
}

/// <summary>A live session as its holder sees it.</summary>
internal sealed record SessionBody(
    SessionId Id,
    TenantId TenantId,
    UserId UserId,
    string Username,
    IReadOnlyList<string> Permissions,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActivityAt,
    DateTimeOffset IdleExpiresAt,
    DateTimeOffset AbsoluteExpiresAt,
    IReadOnlyList<string> AuthenticationMethods)
{
    public static SessionBody Of(SessionView view) => new(
        view.Id,
        view.TenantId,
        view.UserId,
        view.Subject.Username,
        PermissionNames.ToNames(view.Subject.Permissions),
        view.CreatedAt,
        view.LastActivityAt,
        view.IdleExpiresAt,
        view.AbsoluteExpiresAt,
        view.AuthenticationMethods);
}

/// <summary>A session in a list. <see cref="Reason"/> says why an ended one ended.</summary>
internal sealed record ListedSessionBody(
    SessionId Id,
    bool Current,
    string State,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActivityAt,
    DateTimeOffset IdleExpiresAt,
    DateTimeOffset AbsoluteExpiresAt,
    DateTimeOffset? EndedAt,
    string? Ip,
    string? UserAgent)
{
    public static ListedSessionBody Of(SessionListing listing, SessionId current) => new(
        listing.Id,
        listing.Id == current,
        listing.State == SessionState.Live ? "live" : "ended",
        listing.State == SessionState.Live ? null : System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(listing.State.ToString()),
        listing.CreatedAt,
        listing.LastActivityAt,
        listing.IdleExpiresAt,
        listing.AbsoluteExpiresAt,
        listing.EndedAt,
        listing.Client.Ip,
        listing.Client.UserAgent);
}
