using Microsoft.Extensions.Primitives;
using Platform.Api.Browser;
using Platform.Api.Problems;
using Platform.Api.Tokens;

namespace Platform.Api.Authentication;

/// <summary>The token that a request presents, if any, and how. Read from the raw headers without allocation.</summary>
internal readonly record struct Credential(ReadOnlyMemory<char> Token, bool IsBearer, bool HasCookie)
{
    private const string Scheme = "Bearer";

    /// <summary>By its beginning alone: whether there is such a key, the text does not tell.</summary>
    public bool IsApiKey => IsBearer && ApiKeyText.IsMeant(Token.Span);

    /// <summary>Why a call that takes sessions only refuses it. Looks nothing up, so that a key is answered alike whether it exists or not.</summary>
    public ProblemKind RefusalAsSession => IsApiKey ? ProblemKind.ApiKeyNotAccepted : ProblemKind.SessionInvalid;

    /// <summary>A bearer header counts before the cookie, also where it is empty or wrong.</summary>
    public static Credential Read(IHeaderDictionary headers) => Read(headers, SessionCookie.Name + "=");

    /// <param name="headers">Of the request.</param>
    /// <param name="cookieStart">Name of the cookie that counts, with the equals sign.</param>
    public static Credential Read(IHeaderDictionary headers, string cookieStart)
    {
        var cookie = ReadCookie(headers.Cookie, cookieStart, out var hasCookie);
        var authorization = headers.Authorization;
        if (authorization.Count > 1) return new(default, IsBearer: true, hasCookie);
        if (authorization.Count == 1 && TryReadBearer(authorization[0], out var token)) return new(token, IsBearer: true, hasCookie);
        return new(cookie, IsBearer: false, hasCookie);
    }

    private static bool TryReadBearer(string? value, out ReadOnlyMemory<char> token)
    {
        token = default;
        if (value is null || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        if (value.Length == Scheme.Length) return true;
        if (value[Scheme.Length] != ' ') return false;
        token = value.AsMemory(Scheme.Length).Trim(' ');
        return true;
    }

    /// <summary>
    /// The value of the one cookie of exactly our name. Browsers guard the prefix without regard to case, so other spellings are other cookies;
    /// two of our name mean that somebody tossed one in, and names with a dollar sign that old parsing is being provoked: then none counts (threat T37).
    /// </summary>
    private static ReadOnlyMemory<char> ReadCookie(StringValues headers, string start, out bool present)
    {
        present = false;
        ReadOnlyMemory<char> found = default;
        var usable = true;
        foreach (var header in headers)
        {
            var rest = header.AsMemory();
            while (!rest.IsEmpty)
            {
                var end = rest.Span.IndexOf(';');
                var pair = (end < 0 ? rest : rest[..end]).Trim(' ');
                rest = end < 0 ? default : rest[(end + 1)..];
                if (pair.Span.StartsWith('$')) usable = false;
                if (!pair.Span.StartsWith(start, StringComparison.Ordinal)) continue;
                usable &= !present;
                present = true;
                found = pair[start.Length..];
            }
        }

        return usable ? found : default;
    }
}
