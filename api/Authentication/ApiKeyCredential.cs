using Microsoft.Extensions.Primitives;
using Platform.Api.Binding;

namespace Platform.Api.Authentication;

/// <summary>Ways in which a request presents an API key. The standard's names are in RFC 6749 (2.3.1), RFC 6750 and RFC 8414.</summary>
internal enum ApiKeyMethod
{
    None = 0,
    Bearer = 1,

    /// <summary><c>client_secret_basic</c></summary>
    Basic = 2,

    /// <summary><c>client_secret_post</c></summary>
    Post = 3,

    /// <summary>More than one of them, or one twice (RFC 6749, 2.3).</summary>
    Several = 4,
}

/// <summary>What a request presents as a client of OAuth, undecoded: where the key is a client secret, the client id is the key's id.</summary>
internal readonly record struct ApiKeyCredential(ApiKeyMethod Method, ReadOnlyMemory<char> Secret, string? ClientId)
{
    private const string BearerScheme = "Bearer ";
    private const string BasicScheme = "Basic ";

    private static readonly StringValues BearerChallenge = "Bearer";
    private static readonly StringValues BasicChallenge = "Basic realm=\"platform\", charset=\"UTF-8\"";
    private static readonly StringValues AllChallenges = new([BasicChallenge.ToString(), BearerChallenge.ToString()]);

    /// <summary>The scheme that was tried; both where none was, and for a client secret in the form, which is no scheme of HTTP.</summary>
    public StringValues Challenges => Method switch
    {
        ApiKeyMethod.Bearer => BearerChallenge,
        ApiKeyMethod.Basic => BasicChallenge,
        _ => AllChallenges,
    };

    /// <param name="headers">Of the request.</param>
    /// <param name="form">Null where the call takes none.</param>
    public static ApiKeyCredential Read(IHeaderDictionary headers, UrlEncodedForm? form)
    {
        var (method, secret) = ReadHeader(headers.Authorization);
        if (form is null || method == ApiKeyMethod.Several) return new(method, secret, null);
        var (ids, secrets) = (form["client_id"], form["client_secret"]);
        if (ids.Count > 1 || secrets.Count > 1) return new(ApiKeyMethod.Several, default, null);
        var id = ids.Count == 1 ? ids.ToString() : null;
        if (secrets.Count == 0) return new(method, secret, id);
        return headers.Authorization.Count > 0 ? new(ApiKeyMethod.Several, default, null) : new(ApiKeyMethod.Post, secrets.ToString().AsMemory(), id ?? "");
    }

    /// <summary>Prints no secret.</summary>
    public override string ToString() => $"{nameof(ApiKeyCredential)} {{ {Method} }}";

    private static (ApiKeyMethod Method, ReadOnlyMemory<char> Secret) ReadHeader(StringValues authorization)
    {
        if (authorization.Count > 1) return (ApiKeyMethod.Several, default);
        if (authorization is not [{ } value]) return default;
        var method = IsOf(BearerScheme, value) ? ApiKeyMethod.Bearer : IsOf(BasicScheme, value) ? ApiKeyMethod.Basic : ApiKeyMethod.None;
        if (method == ApiKeyMethod.None) return default;

        // Neither kind of credentials has a comma: proxies join two headers by one.
        return value.Contains(',', StringComparison.Ordinal) ? (ApiKeyMethod.Several, default) : (method, After(method == ApiKeyMethod.Bearer ? BearerScheme : BasicScheme, value));
    }

    private static bool IsOf(string scheme, string value) =>
        value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || value.Equals(scheme.TrimEnd(), StringComparison.OrdinalIgnoreCase);

    private static ReadOnlyMemory<char> After(string scheme, string value) => value.Length < scheme.Length ? default : value.AsMemory(scheme.Length).Trim(' ');
}
