using System.Text.Json.Serialization;
using Platform.Sessions;

namespace Platform.Api.Sessions;

/// <summary>RFC 7662 section 2.2. For whatever is not a live session of the asking tenant exactly <c>{"active":false}</c> (threat T49).</summary>
internal sealed record IntrospectionBody
{
    private const string Bearer = "Bearer";

    private static readonly IntrospectionBody NotActive = new();

    public bool Active { get; private init; }

    /// <summary>The user's id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UserId? Sub { get; private init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TenantId? Tenant { get; private init; }

    /// <summary>The session's id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionId? Sid { get; private init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Username { get; private init; }

    /// <summary>When it ends if nothing more is done in it, in seconds since 1970; activity moves it on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Exp { get; private init; }

    /// <summary>When it was opened, in seconds since 1970.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Iat { get; private init; }

    /// <summary>The user's permissions now, separated by blanks; absent where there are none: RFC 6749 (3.3) knows no empty scope.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; private init; }

    /// <summary>The platform, as <c>/.well-known/oauth-authorization-server</c> names it on the host that was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Iss { get; private init; }

    /// <summary>
    /// Who asked for the token (RFC 7662: "the client that requested this token"): the snippet that signed in for its page, otherwise the tenant, whom the call of sign-in
    /// named. Never the key that asks now: that is the caller, who knows itself.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("client_id")]
    public string? ClientId { get; private init; }

    /// <summary>How a holder presents it to a back end (RFC 6750), also where a browser keeps it in a cookie.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("token_type")]
    public string? TokenType { get; private init; }

    /// <summary>When the user signed in, in seconds since 1970. A second factor that is set up in the session later does not move it: nobody proved anew who they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("auth_time")]
    public long? AuthTime { get; private init; }

    /// <summary>How, in the words of RFC 8176.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<string>? Amr { get; private init; }

    /// <summary>Origin of the page in which it was opened and which it is bound to, as browsers serialize it; absent where it was not opened from a page.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Origin { get; private init; }

    /// <summary>Snippet through which it was opened; absent where it was not opened from a page.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SnippetId? Snippet { get; private init; }

    /// <param name="check">What became of the token.</param>
    /// <param name="asking">The tenant of the caller.</param>
    /// <param name="issuer">The platform as the caller knows it.</param>
    public static IntrospectionBody Of(SessionCheck check, TenantId asking, string? issuer) =>
        check is not { State: SessionState.Live, View: { } session } || session.TenantId != asking ? NotActive : new()
        {
            Active = true,
            Sub = session.UserId,
            Tenant = session.TenantId,
            Sid = session.Id,
            Username = session.Subject.Username,
            Exp = session.IdleExpiresAt.ToUnixTimeSeconds(),
            Iat = session.CreatedAt.ToUnixTimeSeconds(),
            Scope = PermissionNames.ToScope(session.Subject.Permissions),
            Iss = issuer,
            ClientId = session.Page?.Snippet.ToString() ?? session.TenantId.ToString(),
            TokenType = Bearer,
            AuthTime = session.CreatedAt.ToUnixTimeSeconds(),
            Amr = session.AuthenticationMethods,
            Origin = session.Page?.Origin,
            Snippet = session.Page?.Snippet,
        };
}

internal sealed record IntrospectionBatchBody(IReadOnlyList<IntrospectionBody> Results);

internal sealed record TokensBody
{
    public required string[] Tokens { get; init; }

    /// <summary>Prints no token.</summary>
    public override string ToString() => nameof(TokensBody);
}
