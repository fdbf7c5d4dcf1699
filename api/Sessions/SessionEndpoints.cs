using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Browser;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;

namespace Platform.Api.Sessions;

internal static class SessionEndpoints
{
    public const string Tag = "Sign-in and the current session";

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1", Tag, CallClass.SignOut).WithRateLimit(RateLimitPolicy.Sessions);

        group.MapPost("/sign-out", SignOutAsync).SetsSessionCookie()
            .WithName("signOut").WithSummary("Sign out")
            .WithDescription("End the presented session, if there is one; the identifier is refused from then on.").AnswersWith("Clear-Site-Data").TakesSessionIfAny(CredentialSchemes.Cookie, CredentialSchemes.Bearer);

        // Beside the group, whose filter would cost them an invocation context.
        CurrentSessionEndpoint.Map(routes.MapGroup("/v1").WithTags(Tag).WithRateLimit(RateLimitPolicy.Sessions).InClass(CallClass.Validation));
    }

    /// <summary>Answers alike with and without a live session, so that a client can always get rid of its cookie.</summary>
    private static async Task<NoContent> SignOutAsync(HttpContext context, SessionAuthenticator authenticator, CancellationToken cancellationToken)
    {
        var credential = Credential.Read(context.Request.Headers);
        if (!credential.Token.IsEmpty) await authenticator.SignOutAsync(credential.Token, Client.Of(context), cancellationToken);
        SessionCookie.Expire(context.Response);
        SecurityHeaders.ClearSiteData(context.Response.Headers);
        return TypedResults.NoContent();
    }
}
