using Microsoft.Extensions.Primitives;
using Platform.Sessions;

namespace Platform.Api.Authentication;

/// <summary>
/// <c>Security-Testing: allowed</c> on answers to sessions of trial and developer tenants, so that who looks for vulnerabilities sees where that is allowed (row VULN). A shared value: it
/// allocates nothing, and costs all other sessions one comparison.
/// </summary>
internal static class SecurityTestingHeader
{
    private const string Name = "Security-Testing";

    private static readonly StringValues Allowed = "allowed";

    public static void Mark(HttpResponse response, SessionView session)
    {
        if (session.SecurityTesting) response.Headers[Name] = Allowed;
    }
}
