namespace Platform.Api.Browser;

/// <summary>The session cookie as the contract fixes it: host-bound, encrypted transport only, not for scripts, for the browser session (row COOKIE).</summary>
internal static class SessionCookie
{
    public const string Name = "__Host-sid";

    private const string Attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax";
    private const string Expired = Name + "=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT" + Attributes;

    public static void Set(HttpResponse response, string token) => response.Headers.SetCookie = Name + "=" + token + Attributes;

    public static void Expire(HttpResponse response) => response.Headers.SetCookie = Expired;
}
