using System.Text.Json.Serialization;
using Platform.Sessions;

namespace Platform.Api.Sessions;

/// <summary>RFC 7662 section 2.2. For whatever is not a live session of the asking tenant exactly <c>{"active":false}</c> (threat T49).</summary>
internal sealed record IntrospectionBody
{
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

    /// <summary>Origin of the page in which it was opened and which it is bound to, as browsers serialize it; absent where it was not opened from a page.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Origin { get; private init; }

    /// <summary>Snippet through which it was opened; absent where it was not opened from a page.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SnippetId? Snippet { get; private init; }

    public static IntrospectionBody Of(SessionCheck check, TenantId asking) =>
        check is not { State: SessionState.Live, View: { } session } || session.TenantId != asking ? NotActive : new()
        {
            Active = true,
            Sub = session.UserId,
            Tenant = session.TenantId,
            Sid = session.Id,
            Username = session.Subject.Username,
            Exp = session.IdleExpiresAt.ToUnixTimeSeconds(),
            Iat = session.CreatedAt.ToUnixTimeSeconds(),
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
