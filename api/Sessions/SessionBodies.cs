using System.Text.Json.Serialization;
using Platform.Sessions;

namespace Platform.Api.Sessions;

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
    /// <summary>Whole seconds until the idle end, for pages: the clock there may be wrong.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? IdleExpiresIn { get; init; }

    /// <inheritdoc cref="IdleExpiresIn"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AbsoluteExpiresIn { get; init; }

    /// <summary>The session as a page sees it.</summary>
    public static SessionBody Of(SessionView view, DateTimeOffset now) => Of(view) with
    {
        IdleExpiresIn = (int)(view.IdleExpiresAt - now).TotalSeconds,
        AbsoluteExpiresIn = (int)(view.AbsoluteExpiresAt - now).TotalSeconds,
    };

    public static SessionBody Of(SessionView view) => new(
        view.Id,
        view.TenantId,
        view.UserId,
        view.Subject.Username,
        PermissionNames.ToNames(view.Scope == SessionScope.Full ? view.Subject.Permissions : default),
        view.CreatedAt,
        view.LastActivityAt,
        view.IdleExpiresAt,
        view.AbsoluteExpiresAt,
        view.AuthenticationMethods);
}

/// <summary>A session in a list. <c>reason</c> says why an ended one ended, <c>device</c> is the user agent as people know it; null: it says nothing.</summary>
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
    string? UserAgent,
    string? Device)
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
        listing.Client.UserAgent,
        DeviceNames.Of(listing.Client.UserAgent));
}
