using System.Text.Json.Serialization;
using Platform.SecondFactors;
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

internal sealed record SecondFactorBody
{
    /// <summary>From the answer to the first step.</summary>
    public required string Challenge { get; init; }

    public required SecondFactorMethod Method { get; init; }

    /// <summary>Six digits, or a recovery code.</summary>
    public required string Code { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(SecondFactorBody);
}

internal sealed record ChallengeBody
{
    /// <inheritdoc cref="SecondFactorBody.Challenge"/>
    public required string Challenge { get; init; }

    /// <summary>Prints no challenge.</summary>
    public override string ToString() => nameof(ChallengeBody);
}

/// <summary>
/// Where a sign-in stands. <c>signed_in</c>: <see cref="Session"/>, and <see cref="Token"/> where it was asked for. <c>second_factor_enrolment_required</c>: the same, but the
/// session can only set up a second factor. <c>second_factor_required</c>: <see cref="Challenge"/>, <see cref="Methods"/> and <see cref="ExpiresAt"/>.
/// </summary>
internal sealed record SignInAnswerBody(string Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionBody? Session { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Challenge { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SecondFactorMethod>? Methods { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Prints no token.</summary>
    public override string ToString() => $"{nameof(SignInAnswerBody)} {{ Status = {Status} }}";
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
    /// <summary>Whole seconds until the idle end, for pages: the clock there may be wrong.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? IdleExpiresIn { get; init; }

    /// <inheritdoc cref="IdleExpiresIn"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AbsoluteExpiresIn { get; init; }

    /// <summary>As a page sees it.</summary>
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
