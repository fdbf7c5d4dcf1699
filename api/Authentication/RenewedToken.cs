using Platform.Api.Browser;

namespace Platform.Api.Authentication;

/// <summary>How a session's new token reaches its holder: in the cookie, or in a header for callers without one, since some answers have no body (decision 0015).</summary>
internal static class RenewedToken
{
    public const string Header = "Session-Token";

    public static void Hand(Caller caller, HttpResponse response, string token)
    {
        if (caller.IsBearer) response.Headers[Header] = token;
        else SessionCookie.Set(response, token);
    }
}
