using Microsoft.Extensions.Primitives;

namespace Platform.Api.Browser;

/// <summary>
/// The cookie of pages. They are on other sites than the platform, so it is sent across sites, and partitioned: a browser keeps it for the site on which it was set, and sends it from
/// there only (CHIPS). The probe finds out whether a browser does.
/// </summary>
internal static class PageCookie
{
    public const string Name = "__Host-psid";
    public const string Start = Name + "=";

    private const string ProbeStart = Name + "-probe=";
    private const string Attributes = "; Path=/; Secure; HttpOnly; SameSite=None; Partitioned";
    private const string Expired = Start + "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT" + Attributes;
    private static readonly StringValues Probe = ProbeStart + "1; Max-Age=600" + Attributes;

    public static void Set(HttpResponse response, string token) => response.Headers.SetCookie = Start + token + Attributes;

    public static void Expire(HttpResponse response) => response.Headers.SetCookie = Expired;

    public static void SetProbe(HttpResponse response) => response.Headers.SetCookie = Probe;

    public static bool HasProbe(IHeaderDictionary headers)
    {
        foreach (var header in headers.Cookie)
        {
            if (header?.Contains(ProbeStart, StringComparison.Ordinal) == true) return true;
        }

        return false;
    }
}
